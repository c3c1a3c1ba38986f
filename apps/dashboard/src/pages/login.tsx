import { useState, type SubmitEvent } from 'react';
import { signIn } from '../feed/client.ts';

/** Asks for the admin token. */
export function Login({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isTrying, setTrying] = useState(false);

  const submit = async (form: HTMLFormElement) => {
    const token = new FormData(form).get('token');
    setTrying(true);
    try {
      const refusal = await signIn(typeof token === 'string' ? token.trim() : '');
      setProblem(refusal);
      if (refusal === null) onSignedIn();
    } catch {
      setProblem('The gateway cannot be reached.');
    } finally {
      setTrying(false);
    }
  };
  return (
    <main className="login">
      <form
        onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <h1>batch-gpt</h1>
        <p>Sign in with the admin token of this gateway.</p>
        <label htmlFor="token">Admin token</label>
        <input
          {...{ id: 'token', name: 'token', type: 'password', autoComplete: 'current-password', required: true }}
          aria-describedby="problem"
          aria-invalid={problem !== null}
        />
        <p id="problem" className="said bad" role="alert">
          {problem}
        </p>
        <button type="submit" className="primary" disabled={isTrying}>
          {isTrying ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
