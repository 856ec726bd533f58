/** The octet of a frame head that says how its body is to be read. */
export const frameTypes = { amqp: 0, sasl: 1 } as const;

export type FrameType = keyof typeof frameTypes;

/** Octets of a frame head: size, data offset, type, and two that depend on the type. */
export const frameHead = 8;

/** Smallest data offset, in words of four octets: the frame head itself. */
export const dataOffsetMin = 2;

/** Smallest max-frame-size that may be announced, and the largest frame before open was received, in octets. */
export const minMaxFrameSize = 512;

/** The fifth octet of a protocol header: what is spoken after it. */
export const protocolIds = { amqp: 0, tls: 2, sasl: 3 } as const;

export type ProtocolId = keyof typeof protocolIds;

/** Major, minor and revision, the same for each protocol id. */
export const protocolVersion: readonly [major: number, minor: number, revision: number] = [1, 0, 0];

/** The ports that IANA assigned, without and with TLS from the first octet. */
export const ports = { amqp: 5672, amqps: 5671 } as const;

/** Message format of the messages of part 3, in revision 0. */
export const standardMessageFormat = 0;
