/** The module to fuzz cannot be had; the message is one sentence for people. */
export class ParserError extends Error {
  override readonly name = 'ParserError';
}
