import type { Fault } from '../saboteur/fault.ts';
import { sabotageStream } from '../saboteur/frame-seam.ts';
import { memoryStore } from '../store/memory.ts';
import type { StartOptions } from './reference.ts';

/** Adds one fault, at its own seam, to how a broker is to be started. */
export function withFault(options: StartOptions, { seam }: Fault): StartOptions {
  switch (seam.kind) {
    case 'frames': {
      const inner = options.wrapStream ?? (stream => stream);
      let connection = 0;
      return {
        ...options,
        wrapStream: (stream, clock) => {
          connection += 1;
          return sabotageStream(inner(stream, clock), seam, { clock, connection });
        },
      };
    }
    case 'effects': {
      const outer = seam.start();
      const { around } = options;
      return { ...options, around: around === undefined ? outer : (command, apply) => outer(command, each => around(each, apply)) };
    }
    case 'store':
      return { ...options, store: seam.wrap(options.store ?? memoryStore()) };
    case 'listener':
      return { ...options, ...seam.settings };
  }
}
