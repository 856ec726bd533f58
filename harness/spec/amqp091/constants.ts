/** Octets that start each frame. Section 4.2.3 prints 4 for heartbeat, the XML and every implementation say 8. */
export const frameTypes = { method: 1, header: 2, body: 3, heartbeat: 8 } as const;

export type FrameType = keyof typeof frameTypes;

/** Last octet of each frame. */
export const frameEnd = 0xce;

/** Octets of a frame that are not payload: type, channel, size and frame-end. */
export const frameOverhead = 8;

/** Smallest frame-max that may be negotiated, and the largest frame before negotiation, in octets. */
export const frameMinSize = 4096;

/** `AMQP` 0 0 9 1. */
export const protocolHeader: readonly number[] = [0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1];

/** Reply codes with their severity: a soft error closes the channel, a hard error the connection. 312 is of errata item 17. */
export const replyCodes = {
  200: { name: 'reply-success', severity: 'success' },
  311: { name: 'content-too-large', severity: 'soft' },
  312: { name: 'no-route', severity: 'soft' },
  313: { name: 'no-consumers', severity: 'soft' },
  320: { name: 'connection-forced', severity: 'hard' },
  402: { name: 'invalid-path', severity: 'hard' },
  403: { name: 'access-refused', severity: 'soft' },
  404: { name: 'not-found', severity: 'soft' },
  405: { name: 'resource-locked', severity: 'soft' },
  406: { name: 'precondition-failed', severity: 'soft' },
  501: { name: 'frame-error', severity: 'hard' },
  502: { name: 'syntax-error', severity: 'hard' },
  503: { name: 'command-invalid', severity: 'hard' },
  504: { name: 'channel-error', severity: 'hard' },
  505: { name: 'unexpected-frame', severity: 'hard' },
  506: { name: 'resource-error', severity: 'hard' },
  530: { name: 'not-allowed', severity: 'hard' },
  540: { name: 'not-implemented', severity: 'hard' },
  541: { name: 'internal-error', severity: 'hard' },
} as const;

export type ReplyCode = keyof typeof replyCodes;

export type ReplyName = (typeof replyCodes)[ReplyCode]['name'];
