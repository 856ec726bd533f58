import { type AmqpValue, decodeMessage, encodeMessage, isViolation, type MessageDraft } from '../../harness/wire/amqp10/codec.ts';
import { describedAs, encodingsOf, joined, listOf, mapOf } from '../../harness/wire/amqp10/craft.ts';
import { encodeValue } from '../../harness/wire/amqp10/value-writer.ts';
import { valueIn } from '../amqp10/echo.ts';

/** Which of the encodings that a value can have it gets, for one value after another. */
export class Encodings {
  readonly #choices: readonly number[];
  #made = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  /** The octets of a message whose values are written in encodings of one's choice. */
  message(draft: MessageDraft): Uint8Array {
    const octets = encodeMessage(draft);
    const message = decodeMessage(octets);
    if (isViolation(message)) throw new Error(message.detail);
    return joined(...message.places.map(({ start, end }) => this.#written(valueIn(octets.subarray(start, end)))));
  }

  #next(count: number): number {
    const choice = this.#choices[this.#made % this.#choices.length] ?? 0;
    this.#made += 1;
    return choice % count;
  }

  /** Arrays have one encoding for all of their elements, and stay as they are. */
  #written(value: AmqpValue): Uint8Array {
    if (value.type === 'described') return describedAs(this.#written(value.descriptor), this.#written(value.value));
    if (value.type === 'array') return encodeValue(value);
    if (value.type !== 'list' && value.type !== 'map') {
      const encodings = encodingsOf(value);
      const chosen = this.#next(encodings.length);
      // Of a number that is none only the whole value knows its octets.
      return (encodings.length > 1 && encodings[chosen]?.octets) || encodeValue(value);
    }
    const wide = this.#next(2) === 1 ? { wide: true } : {};
    if (value.type === 'map')
      return mapOf(
        value.value.flatMap(pair => pair.map(each => this.#written(each))),
        wide,
      );
    const items = value.value.map(each => this.#written(each));
    return items.length === 0 && wide.wide !== true ? encodeValue(value) : listOf(items, wide);
  }
}
