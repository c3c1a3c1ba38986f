import { createContext, useContext, useEffect, useState, type AnchorHTMLAttributes, type ReactNode } from 'react';
import { addressOf, placeOf, type Place } from './place.ts';

/** Where we are, and how to go elsewhere. */
export interface Navigation {
  readonly place: Place;
  readonly go: (place: Partial<Place> & Pick<Place, 'page'>, how?: { readonly replace?: boolean }) => void;
}

const NavigationContext = createContext<Navigation | null>(null);

/** Keeps the address and what is shown together, also over the browser's own buttons. */
export function NavigationProvider({ children }: { readonly children: ReactNode }) {
  const [place, setPlace] = useState(() => placeOf(window.location));
  useEffect(() => {
    const onMove = () => setPlace(placeOf(window.location));
    window.addEventListener('popstate', onMove);
    return () => window.removeEventListener('popstate', onMove);
  }, []);
  const go: Navigation['go'] = (next, { replace = false } = {}) => {
    const address = addressOf(next);
    if (replace) window.history.replaceState(null, '', address);
    else {
      window.history.pushState(null, '', address);
      window.scrollTo(0, 0);
    }
    setPlace(placeOf(window.location));
  };
  return <NavigationContext value={{ place, go }}>{children}</NavigationContext>;
}

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext);
  if (navigation === null) throw new Error('there is no navigation around this component');
  return navigation;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: Partial<Place> & Pick<Place, 'page'> };

/** A link within the dashboard: an ordinary one for new tabs, and without a load for this one. */
export function Link({ to, children, ...rest }: LinkProps) {
  const { go } = useNavigation();
  return (
    <a
      {...rest}
      href={addressOf(to)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}
