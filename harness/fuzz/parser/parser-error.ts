/** The parser to fuzz cannot be had or cannot be used; the message is one sentence for people. */
export class ParserError extends Error {
  override readonly name = 'ParserError';
}
