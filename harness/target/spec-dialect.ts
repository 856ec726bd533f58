import { textReadings } from '../broker/readings.ts';
import { textWireReadings } from '../endpoint/amqp091/readings.ts';
import type { Dialect } from './profile.ts';

/** The standard read as it stands. */
export const specDialect: Dialect = { ...textReadings, ...textWireReadings };
