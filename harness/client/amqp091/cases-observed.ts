import { observed } from './case-kit.ts';

/** What a client sends by itself, judged where nothing departs. */
export const observedCases = [
  observed('emits/header', {
    title: 'The client begins with the protocol header',
    duties: ['amqp091/4.2.2.protocol-header:client-emit'],
    needs: 'open',
  }),
  observed('emits/client-properties', {
    title: 'The client says its product, version and platform, and gives information',
    duties: ['amqp091/connection.start-ok.client-properties-required-fields:client-emit'],
    needs: 'open',
  }),
  observed('emits/login', {
    title: 'The client logs in by a mechanism and locale that were offered',
    duties: [
      'amqp091/connection.start-ok.mechanism-validity:client-emit',
      'amqp091/connection.start-ok.mechanism-notnull:client-emit',
      'amqp091/connection.start-ok.response-notnull:client-emit',
      'amqp091/connection.start-ok.locale:client-emit',
    ],
    needs: 'open',
  }),
  observed('emits/limits', {
    title: 'The client agrees to limits no higher than those that were offered',
    duties: [
      'amqp091/connection.tune-ok.channel-max-upper-limit:client-emit',
      'amqp091/connection.tune-ok.frame-max-upper-limit:client-emit',
      'amqp091/connection.tune-ok.frame-max-minimum:client-emit',
    ],
    needs: 'open',
  }),
  observed('emits/channel-max-not-null', {
    title: 'The client agrees to a channel-max that is not zero',
    duties: ['amqp091/connection.tune-ok.channel-max-notnull:client-emit'],
    needs: 'open',
  }),
  observed('emits/sequence', {
    title: 'The client takes the steps of the opening in their order, and names a virtual host',
    duties: [
      'amqp091/connection.sequence-before-open:client-emit',
      'amqp091/connection.sequence:client-emit',
      'amqp091/connection.open.virtual-host-notnull:client-emit',
      'amqp091/connection.open.virtual-host-length:client-emit',
    ],
    needs: 'open',
  }),
  observed('emits/frames', {
    title: "The client's frames are well-formed, and on their channels",
    duties: [
      'amqp091/4.2.3.frame-end:client-emit',
      'amqp091/4.2.3.frame-type:client-emit',
      'amqp091/4.2.3.frame-max:client-emit',
      'amqp091/4.2.3.channel-zero:client-emit',
      'amqp091/4.2.3.channel-number:client-emit',
      'amqp091/4.2.7.heartbeat-channel:client-emit',
      'amqp091/4.2.7.heartbeat-format:client-emit',
    ],
    needs: 'channel',
  }),
  observed('emits/methods', {
    title: "The client's methods are known, its own to send, and hold what they should",
    duties: [
      'amqp091/4.2.4.method-identifiers:client-emit',
      'amqp091/4.2.4.class-unknown:client-emit',
      'amqp091/4.2.4.method-unknown:client-emit',
      'amqp091/4.2.4.method-direction:client-emit',
      'amqp091/4.2.4.arguments:client-emit',
      'amqp091/4.2.5.3.short-string-length:client-emit',
      'amqp091/4.2.5.3.short-string-zero:client-emit',
      'amqp091/4.2.5.5.field-name:client-emit',
      'amqp091/4.2.5.5.duplicate-fields:client-emit',
    ],
    needs: 'channel',
  }),
  observed('emits/channels', {
    title: 'The client opens channels before it uses them, and no more than were agreed on',
    duties: [
      'amqp091/channel.open.state:client-emit',
      'amqp091/channel.not-open:client-emit',
      'amqp091/channel.not-open-content:client-emit',
      'amqp091/channel.unsolicited-reply:client-emit',
      'amqp091/connection.tune.channel-max:client-emit',
    ],
    needs: 'channel',
  }),
  observed('emits/content', {
    title: "The client's contents are a method, a header and as much body as was said",
    duties: [
      'amqp091/4.2.6.sequence:client-emit',
      'amqp091/4.2.6.header-missing:client-emit',
      'amqp091/4.2.6.body-missing:client-emit',
      'amqp091/4.2.6.unexpected-header:client-emit',
      'amqp091/4.2.6.unexpected-body:client-emit',
      'amqp091/4.2.6.1.content-header:client-emit',
      'amqp091/4.2.6.1.class-id:client-emit',
      'amqp091/4.2.6.1.weight:client-emit',
      'amqp091/4.2.6.1.body-size:client-emit',
      'amqp091/4.2.6.1.property-flags:client-emit',
      'amqp091/4.2.6.1.property-list:client-emit',
      'amqp091/4.2.6.1.channel-zero:client-emit',
    ],
    needs: 'publish',
  }),
  observed('emits/acknowledgements', {
    title: 'The client settles what was delivered, once',
    duties: ['amqp091/basic.ack.exists:client-emit', 'amqp091/basic.reject.exists:client-emit', 'amqp091/basic.nack.exists:client-emit'],
    needs: 'settle',
  }),
];
