import type { Health } from '../broker/health.ts';
import type { BrokerEvent } from '../broker/log.ts';

/** One line of the log of `serve`. */
export type LogLine =
  | BrokerEvent
  | ({ readonly event: 'health'; readonly residentOctets: number } & Health)
  | {
      readonly event: 'accepting';
      readonly url: string;
      readonly tlsUrl?: string;
      readonly webSocketUrl?: string;
      readonly secureWebSocketUrl?: string;
      readonly dialect: string;
      readonly faults: readonly string[];
    }
  | { readonly event: 'definitions-left-out'; readonly parts: readonly string[]; readonly why: string }
  | { readonly event: 'closing'; readonly why: string };

/** Events that are no news where only what went wrong is wanted. */
const ordinary: ReadonlySet<LogLine['event']> = new Set(['connection-opened', 'connection-closed', 'publisher-released', 'alarm-cleared', 'health', 'closing']);

export interface LogOptions {
  readonly style: 'text' | 'json';
  /** Only what went wrong. */
  readonly quiet: boolean;
  readonly now: () => Date;
  write(line: string): void;
}

/** Writes one line for each event: as JSON, or as time, event and fields with their values. */
export function lineLog({ style, quiet, now, write }: LogOptions): (line: LogLine) => void {
  const render = style === 'json' ? asJson : asText;
  return line => {
    if (!quiet || !ordinary.has(line.event)) write(render(now().toISOString(), line));
  };
}

function asJson(time: string, line: LogLine): string {
  return JSON.stringify({ time, ...line });
}

function asText(time: string, { event, ...fields }: LogLine): string {
  if (event === 'accepting') return accepting(fields as Omit<Extract<LogLine, { readonly event: 'accepting' }>, 'event'>);
  return [time, event, ...Object.entries(fields).map(([name, value]) => `${name}=${written(value)}`)].join(' ');
}

function accepting({
  url,
  tlsUrl,
  webSocketUrl,
  secureWebSocketUrl,
  dialect,
  faults,
}: Omit<Extract<LogLine, { readonly event: 'accepting' }>, 'event'>): string {
  const read = dialect === 'spec' ? '' : `, in the dialect ${dialect}`;
  const broken = faults.length === 0 ? '' : `, broken on purpose: ${faults.join(', ')}`;
  return `accepting on ${[url, tlsUrl, webSocketUrl, secureWebSocketUrl].filter(each => each !== undefined).join(' and ')}${read}${broken}`;
}

/** What clients call themselves may hold anything: whatever could be taken for another field or line is quoted. */
function written(value: unknown): string {
  const text = Array.isArray(value) ? value.join(',') || 'none' : String(value);
  return /^[\w./:@+,[\]-]+$/.test(text) ? text : JSON.stringify(text);
}

/** The URL as everybody may see it: with a password only where that is everybody's own. */
export function withoutSecret(url: string): string {
  return url.replace(/:\/\/([^:@/]*):[^@/]*@/, (all, user: string) => (all === '://guest:guest@' ? all : `://${user}@`));
}
