/** No answer: the server was not reached, did not answer in time, or broke off. `cause` is what the platform said. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** What a platform says of a failed request; Node keeps the reason one level down. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const inner = cause instanceof Error ? causeText(cause) : "";
  return inner === "" ? error.message : inner;
}

function causeText(cause: Error): string {
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  // Of several addresses tried Node says nothing but the code.
  return cause.message === "" ? code : cause.message;
}
