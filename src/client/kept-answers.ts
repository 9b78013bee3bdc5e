/** Answers that are used again while the server says they have not changed. */

export interface KeptAnswer {
  readonly etag: string;
  readonly value: unknown;
}

const MOST_ANSWERS = 200;
const MOST_CHARACTERS = 8_000_000;

/** The answers used last: at most 200, of 8 million characters together. */
export class KeptAnswers {
  readonly #kept = new Map<string, KeptAnswer & { readonly characters: number }>();
  #characters = 0;

  get(address: string): KeptAnswer | null {
    const found = this.#kept.get(address);
    if (found === undefined) return null;
    // A map keeps the order of insertion: what was used goes to its end.
    this.#kept.delete(address);
    this.#kept.set(address, found);
    return found;
  }

  keep(address: string, answer: KeptAnswer, characters: number): void {
    this.#forget(address);
    if (characters > MOST_CHARACTERS) return;
    this.#kept.set(address, { ...answer, characters });
    this.#characters += characters;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_ANSWERS && this.#characters <= MOST_CHARACTERS) return;
      this.#forget(oldest);
    }
  }

  #forget(address: string): void {
    this.#characters -= this.#kept.get(address)?.characters ?? 0;
    this.#kept.delete(address);
  }
}

/** The value with all that is in it, which nobody can change any more: it may be handed out again. */
export function frozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
