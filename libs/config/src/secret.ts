const REDACTED = '[redacted]';

/** A text that does not print: only `reveal()` gives it away, so that every use of it can be found. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  // What console.log and util.inspect ask for.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
