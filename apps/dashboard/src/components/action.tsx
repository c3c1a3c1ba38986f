import { StatusError } from '@batch-gpt/status-client';
import { useRef, useState } from 'react';

interface ActionProps {
  /** On the button, and on the one that confirms. */
  readonly name: string;
  /** What will happen, in a sentence. */
  readonly question: string;
  /** Does it; gives what came of it in words. */
  readonly run: () => Promise<string>;
  /** Told what came of it; says it itself where this is left out. */
  readonly onDone?: (said: string) => void;
  readonly isDangerous?: boolean;
}

/** A button that asks before it does anything, and says what came of it. */
export function Action({ name, question, run, onDone, isDangerous = false }: ActionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isRunning, setRunning] = useState(false);
  const [said, setSaid] = useState<{ readonly text: string; readonly isBad: boolean } | null>(null);

  const confirm = async () => {
    setRunning(true);
    try {
      const text = await run();
      dialog.current?.close();
      if (onDone === undefined) setSaid({ text, isBad: false });
      else onDone(text);
    } catch (error) {
      const text = error instanceof StatusError ? error.message : String(error);
      setSaid({ text, isBad: true });
      dialog.current?.close();
    } finally {
      setRunning(false);
    }
  };
  return (
    <span className="action">
      <button
        type="button"
        className={isDangerous ? 'danger' : undefined}
        onClick={() => {
          setSaid(null);
          dialog.current?.showModal();
        }}
      >
        {name}
      </button>
      <span role="status" className={said?.isBad === true ? 'said bad' : 'said'}>
        {said?.text}
      </span>
      <dialog ref={dialog} aria-label={name}>
        <p>{question}</p>
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button
            type="button"
            className={isDangerous ? 'danger primary' : 'primary'}
            disabled={isRunning}
            onClick={() => void confirm()}
          >
            {isRunning ? 'Working…' : name}
          </button>
        </div>
      </dialog>
    </span>
  );
}
