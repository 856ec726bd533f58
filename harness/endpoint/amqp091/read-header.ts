import type { FieldTable, FieldValue, TagDialect } from '../../spec/amqp091/domains.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import { type ContentHeader, contentHeaderAt } from '../../wire/amqp091/content.ts';
import type { ReadOptions } from '../../wire/amqp091/field-table.ts';
import type { CutFrame } from '../../wire/amqp091/raw-frame.ts';
import { isViolation, shifted, type Violation } from '../../wire/decoded.ts';

export interface HeaderOptions extends ReadOptions {
  readonly tags: TagDialect;
  /** Headers with a number that is infinite or none cannot be read. */
  readonly finite: boolean;
}

/** Octets of a content header before its properties, the flags that announce them included. */
const propertiesAt = 12;
const propertyList: RuleId = 'amqp091/4.2.6.1.property-list';

/** Reads the payload of a content header frame. Offsets of violations count from the start of the payload. */
export function readHeader({ bytes, start, end }: CutFrame, options: HeaderOptions): ContentHeader | Violation {
  const header = contentHeaderAt(bytes, start, end, options.tags, options);
  if (isViolation(header)) return shifted(header, -start);
  if (!options.finite || allFinite(header.properties.headers ?? [])) return header;
  return { kind: 'violation', rule: propertyList, offset: propertiesAt, detail: 'a number in headers that is infinite or none' };
}

/** The rule by which a bad header is answered: whatever is wrong in the properties makes the whole list badly formatted. */
export function answeredFor({ rule, offset }: Violation): RuleId {
  return offset >= propertiesAt && rule !== 'amqp091/4.2.6.1.property-flags' ? propertyList : rule;
}

function allFinite(table: FieldTable): boolean {
  return table.every(([, value]) => isFiniteValue(value));
}

function isFiniteValue(field: FieldValue): boolean {
  switch (field.type) {
    case 'float':
    case 'double':
      return Number.isFinite(field.value);
    case 'array':
      return field.value.every(isFiniteValue);
    case 'table':
      return allFinite(field.value);
    default:
      return true;
  }
}
