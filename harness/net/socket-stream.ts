import type { Socket } from 'node:net';
import type { Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';

/** Octets queued on a socket above which `write` says no, and below which it has drained. */
const highWater = 1 << 20;
/** Octets gathered in one turn of the event loop above which they are handed to the socket at once. */
const batchMax = 1 << 16;
/** Octets that leave in one turn before who waits for the drain is told in the next turn only, so that others have theirs. */
const turnMax = 1 << 20;
/** What it counts to be told of the drain in the same turn, in octets. */
const askingCost = 1 << 10;

/** Pieces that are on average as large as this leave from where they lie; smaller ones are copied together, which costs less than to hand over each. */
const largePiece = 1 << 11;

/** How long a socket that both sides ended may take to send what is left. */
const lastWordsMs = 5000;

/** Host and port as people write them. */
export function place(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Address and port of the other side. */
export function peerOf({ remoteAddress = '?', remotePort = 0 }: Socket): string {
  return place(remoteAddress, remotePort);
}

/**
 * A socket as a stream. What is written in one turn of the event loop leaves in one piece: a small frame costs a copy, not a system call.
 * The socket must allow half-open use.
 */
export function socketStream(socket: Socket): Stream {
  return new SocketStream(socket);
}

class SocketStream implements Stream {
  readonly #socket: Socket;
  #listener: StreamListener | undefined;
  #batch: Uint8Array[] = [];
  /** What comes behind the batch. */
  #run: Run | undefined;
  #batched = 0;
  /** The end of the turn, where anything was written in it. */
  #turn: NodeJS.Immediate | undefined;
  /** Octets handed to the socket in this turn. */
  #left = 0;
  #waiting: (() => void)[] = [];
  #ending = false;
  #over: StreamEnd | 'destroyed' | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => this.#finish('reset'));
    socket.on('close', () => this.#finish('eof'));
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    const over = this.#over;
    if (over === 'eof' || over === 'reset') {
      setImmediate(() => listener.end(over));
      return;
    }
    this.#socket.on('data', bytes => {
      // Not the socket's own Buffer: `slice` means another thing there.
      if (this.#over === undefined) listener.data(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    });
    this.#socket.on('end', () => this.#finish('eof'));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#over === 'destroyed' || this.#over === 'reset') return true;
    this.#add(bytes);
    this.#turn ??= setImmediate(this.#endTurn);
    if (this.#batched >= batchMax) this.#flush();
    return this.#queued() < highWater;
  }

  /** What lies behind what was written last is one piece with it. */
  #add(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    this.#batched += length;
    if (buffer === this.#run?.buffer && byteOffset === this.#run.end) {
      this.#run.end += length;
      return;
    }
    this.#endRun();
    this.#run = { buffer, start: byteOffset, end: byteOffset + length };
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { buffer, start, end } = this.#run;
    this.#batch.push(new Uint8Array(buffer, start, end - start));
    this.#run = undefined;
  }

  onDrain(ready: () => void): void {
    if (this.#over === 'destroyed' || this.#over === 'reset') return;
    this.#flush();
    if (this.#queued() > 0) this.#waiting.push(ready);
    else if (this.#left < turnMax) this.#tellWithinTurn(ready);
    else setImmediate(ready);
  }

  /** Counts as octets too: whoever writes nothing would ask for ever, and let nobody else have a turn. */
  #tellWithinTurn(ready: () => void): void {
    this.#left += askingCost;
    this.#turn ??= setImmediate(this.#endTurn);
    queueMicrotask(ready);
  }

  end(): void {
    if (this.#ending || this.#socket.destroyed) return;
    this.#ending = true;
    this.#flush();
    this.#socket.end();
    // A peer that ended and reads nothing more would keep the socket, and what is queued on it, for ever.
    if (this.#over === 'eof') this.#socket.setTimeout(lastWordsMs, () => this.#socket.destroy());
  }

  destroy(): void {
    if (this.#over !== 'reset') this.#over = 'destroyed';
    this.#forget();
    this.#socket.destroy();
  }

  reset(): void {
    this.#flush();
    this.#over = 'destroyed';
    this.#forget();
    this.#socket.resetAndDestroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #queued(): number {
    return this.#batched + this.#socket.writableLength;
  }

  readonly #endTurn = (): void => {
    this.#turn = undefined;
    this.#flush();
    this.#left = 0;
  };

  #flush(): void {
    if (this.#batched === 0) return;
    this.#endRun();
    this.#left += this.#batched;
    const batch = this.#batch;
    const total = this.#batched;
    this.#batch = [];
    this.#batched = 0;
    if (batch.length === 1 || total < batch.length * largePiece) {
      this.#socket.write(gather(batch, total), this.#written);
      return;
    }
    this.#socket.cork();
    batch.forEach((bytes, index) => {
      this.#socket.write(bytes, index === batch.length - 1 ? this.#written : undefined);
    });
    this.#socket.uncork();
  }

  readonly #written = (): void => {
    if (this.#waiting.length === 0 || this.#queued() > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ready of waiting) ready();
  };

  /** The peer ended; a reset also ends what we still had to say. */
  #finish(how: StreamEnd): void {
    if (this.#over !== undefined) return;
    this.#over = how;
    if (how === 'reset') this.#forget();
    this.#listener?.end(how);
  }

  #forget(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#batch = [];
    this.#run = undefined;
    this.#batched = 0;
    this.#waiting = [];
  }
}

/** Octets that lie side by side. */
interface Run {
  readonly buffer: ArrayBufferLike;
  readonly start: number;
  end: number;
}

function gather(batch: readonly Uint8Array[], total: number): Uint8Array {
  const [first] = batch;
  if (first !== undefined && first.length === total) return first;
  const whole = Buffer.allocUnsafe(total);
  let at = 0;
  for (const bytes of batch) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
