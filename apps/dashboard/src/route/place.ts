/** Where the dashboard lives on the gateway. */
export const base = '/dashboard';

export const pages = ['overview', 'groups', 'batches', 'requests', 'workers', 'money', 'settings'] as const;
export type PageName = (typeof pages)[number];

/** What is shown: everything of it is in the address. */
export interface Place {
  readonly page: PageName;
  /** Of one batch or one request; null: the list. */
  readonly id: string | null;
  /** Filters, range and page of a list. */
  readonly query: Readonly<Record<string, string>>;
}

/** Reads an address; one that means nothing is the overview. */
export function placeOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): Place {
  const [name = '', id = ''] = pathname.slice(base.length).split('/').filter(Boolean);
  const page = pages.find((known) => known === name) ?? 'overview';
  const query = Object.fromEntries(new URLSearchParams(search));
  return { page, id: id === '' || (page !== 'batches' && page !== 'requests') ? null : decoded(id), query };
}

/** The address of a place; what is empty is left out. */
export function addressOf({ page, id = null, query = {} }: Partial<Place> & Pick<Place, 'page'>): string {
  const path = page === 'overview' ? '/' : `/${page}${id === null ? '' : `/${encodeURIComponent(id)}`}`;
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `${base}${path}${search === '' ? '' : `?${search}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that stands for nothing is itself.
    return text;
  }
}
