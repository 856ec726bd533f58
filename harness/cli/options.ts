import { defaultEntityLimits } from '../broker/limits.ts';

/** One option as the user writes it. The table feeds the parser, `--help` and the README. */
export interface OptionRow {
  /** As commander wants it: `--seed <number>`; a trailing `...` makes it repeatable. */
  readonly flags: string;
  readonly what: string;
  /** How the text becomes a value; left out: text, or true for a flag without a value. */
  readonly as?: 'integer' | 'milliseconds' | 'list' | 'size';
  readonly choices?: readonly string[];
  readonly default?: string | number;
}

export interface CommandRow {
  readonly arguments: string;
  readonly summary: string;
  readonly options: readonly OptionName[];
  /** What follows the options in `--help`: one example that works as it stands. */
  readonly example: string;
}

export const options = {
  json: { flags: '--json', what: 'one JSON value on stdout, text for people on stderr' },
  quiet: { flags: '--quiet', what: 'only what went wrong' },
  verbose: { flags: '--verbose', what: 'decoded frames in both directions' },
  color: { flags: '--no-color', what: 'no colours (NO_COLOR does the same)' },
  protocol: {
    flags: '--protocol <name>',
    what: 'which protocol to judge',
    choices: ['0-9-1', '1.0', 'all'],
  },
  clientProtocol: { flags: '--protocol <name>', what: 'which protocol the client speaks; left out: what it begins with', choices: ['0-9-1', '1.0'] },
  clientConcurrency: { flags: '--concurrency <number>', what: 'cases at work side by side, each with a client of its own', as: 'integer', default: 2 },
  ofProtocol: { flags: '--protocol <name>', what: 'of which protocol', choices: ['0-9-1', '1.0', 'all'], default: 'all' },
  address: { flags: '--address <name...>', what: 'queues made beforehand that checks of 1.0 may use, one check at a time each' },
  only: { flags: '--only <glob...>', what: 'only checks whose id matches' },
  skip: { flags: '--skip <glob...>', what: 'leave out checks whose id matches' },
  level: { flags: '--level <level>', what: 'what gates the exit status', choices: ['must', 'should'], default: 'must' },
  durability: { flags: '--durability', what: 'also kill and restart the broker, to see what it keeps; --only and --thorough do so too' },
  interop: {
    flags: '--interop [clients]',
    what: "also let real clients talk through the broker: all, or a comma-separated choice; --only 'interop/**' does so alone",
    as: 'list',
  },
  thorough: { flags: '--thorough', what: 'also the slow truths: idle times over 10 s' },
  expect: { flags: '--expect <file>', what: 'declared deviations (YAML)' },
  as: { flags: '--as <profile>', what: 'judge a URL with the deviations that this profile declares; rabbitmq@4.0 for those of that version' },
  dialect: { flags: '--dialect <name>', what: 'whose reading of the standard: spec, rabbitmq, or of one version, as rabbitmq@4.3', default: 'spec' },
  safe: {
    flags: '--safe',
    what: 'for a shared broker: one prefix for all names, nothing else is touched, no check that runs alone or may take the broker down',
  },
  dryRun: { flags: '--dry-run', what: 'with --safe: connect nowhere, and tell every name that the run would touch' },
  seed: { flags: '--seed <number>', what: 'seed of everything random; printed by each run', as: 'integer' },
  runs: { flags: '--runs <number>', what: 'random cases of each property; left out: as many as take a moment', as: 'integer' },
  path: { flags: '--path <path>', what: 'one case of a property alone, as its counterexample tells' },
  deadline: { flags: '--deadline <ms>', what: 'end the run after this time and report what was judged', as: 'milliseconds' },
  concurrency: {
    flags: '--concurrency <number>',
    what: 'checks at work side by side, those that only wait not counted; left out: as the profile says, else 8',
    as: 'integer',
  },
  out: { flags: '--out <dir>', what: 'where the reports go', default: 'amqpspec-report' },
  format: {
    flags: '--format <list>',
    what: 'comma-separated: json, html, junit, markdown, text, allure; report knows matrix besides, of several records',
    as: 'list',
    default: 'json,html,junit,markdown,text',
  },
  shard: { flags: '--shard <i/n>', what: 'one of N parts of the checks that take about as long as each other: 2/3; amqpspec merge joins their records' },
  bail: { flags: '--bail', what: 'stop at the first surprise' },
  ca: { flags: '--ca <file>', what: 'certificate authority of the other side to trust (PEM)' },
  cert: { flags: '--cert <file>', what: 'certificate to show (PEM)' },
  key: { flags: '--key <file>', what: 'key of the certificate (PEM)' },
  facilities: { flags: '--facilities <file>', what: 'what was arranged on the broker of a URL: users, TLS, alarms, outages (YAML)' },
  config: { flags: '--config <file>', what: 'instead of amqpspec.config.{ts,js,json}' },
  host: { flags: '--host <name>', what: 'address to listen on', default: '127.0.0.1 and ::1' },
  port: { flags: '--port <number>', what: 'port to listen on; the next free one when 5672 is taken, 0 for any', as: 'integer' },
  tlsPort: { flags: '--tls-port <number>', what: 'port for TLS besides the plain one; wants --cert and --key, 0 for any', as: 'integer' },
  wsPort: { flags: '--ws-port <number>', what: 'port for AMQP over WebSocket besides the plain one; 0 for any', as: 'integer' },
  wssPort: { flags: '--wss-port <number>', what: 'port for AMQP over WebSocket with TLS; wants --cert and --key, 0 for any', as: 'integer' },
  fault: { flags: '--fault <id...>', what: 'break one duty on purpose: violation:DUTY or chaos:VERB, chaos:nack:first=2 (amqpspec list faults)' },
  data: { flags: '--data <dir>', what: 'keep durable queues and persistent messages in this folder; left out: in memory' },
  autoCreate: { flags: '--auto-create', what: 'queues that a client of 1.0 attaches to and that do not exist come into being, durable' },
  definitions: {
    flags: '--definitions <file>',
    what: 'users, virtual hosts, permissions, exchanges, queues and bindings (YAML or JSON, as RabbitMQ exports them)',
  },
  maxConnections: { flags: '--max-connections <number>', what: 'connections at a time', as: 'integer', default: defaultEntityLimits.connections },
  maxChannels: { flags: '--max-channels <number>', what: 'channels at a time, of all connections', as: 'integer', default: defaultEntityLimits.channels },
  maxQueues: { flags: '--max-queues <number>', what: 'queues at a time', as: 'integer', default: defaultEntityLimits.queues },
  memoryLimit: {
    flags: '--memory-limit <size>',
    what: 'messages in memory above which publishers are held: 512MB, 2GiB; each counts with its body and 768 octets',
    as: 'size',
  },
  diskFreeLimit: {
    flags: '--disk-free-limit <size>',
    what: 'room on the disk below which publishers are held; left out: 50MB with --data, else nobody looks, nor with 0',
    as: 'size',
  },
  healthEvery: { flags: '--health-every <seconds>', what: 'a line in the log with all counts, this often; SIGUSR2 asks for one', as: 'integer' },
  log: { flags: '--log <style>', what: 'log lines', choices: ['text', 'json'], default: 'text' },
  style: { flags: '--style <name>', what: 'words for a terminal, or for a comment on a pull request', choices: ['text', 'markdown'], default: 'text' },
  conversations: {
    flags: '--runs <number>',
    what: 'end after so many conversations, all shards together; without --time there is no other end',
    as: 'integer',
  },
  rate: { flags: '--rate <number>', what: 'most conversations a second; left out: as many as the target takes', as: 'integer' },
  ownBroker: {
    flags: '--i-own-this-broker',
    what: 'fuzz a broker beyond this machine and its private networks: it may hang, lose what it holds, or die',
  },
  time: { flags: '--time <duration>', what: 'how long to fuzz: 10s, 2m', default: '10s' },
  inputs: { flags: '--runs <number>', what: 'end after so many inputs, all shards together; without --time there is no other end', as: 'integer' },
  conversationsShard: { flags: '--shard <i/n>', what: 'one of N parts of the conversations, for machines that need not talk: 2/3' },
  inputsShard: { flags: '--shard <i/n>', what: 'one of N parts of the inputs, for machines that need not talk: 2/3' },
  resume: { flags: '--resume', what: 'go on with the campaign that was begun in the folder of --out' },
  save: { flags: '--save', what: 'add what was found to the corpus' },
  corpus: { flags: '--corpus <dir>', what: 'saved cases, which are played before anything else', default: 'amqpspec-corpus' },
  for: { flags: '--for <fuzzer>', what: 'which coverage-guided fuzzer is to read it', choices: ['afl', 'libfuzzer', 'go', 'cargo', 'jazzer', 'atheris'] },
  exec: { flags: '--exec <command>', what: 'a parser in any language: a child that reads length-prefixed inputs and answers one line of JSON each' },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof options;

const shared = ['json', 'quiet', 'verbose', 'color'] as const;
const tls = ['ca', 'cert', 'key'] as const;

export const commands = {
  run: {
    arguments: '[target]',
    summary: 'judge a broker, write the run record and the reports; no target: the embedded reference broker',
    options: [
      'protocol',
      'address',
      'only',
      'skip',
      'level',
      'thorough',
      'durability',
      'interop',
      'expect',
      'as',
      'safe',
      'dryRun',
      'seed',
      'runs',
      'deadline',
      'concurrency',
      'shard',
      'out',
      'format',
      'bail',
      ...tls,
      'facilities',
      'config',
      ...shared,
    ],
    example: "amqpspec run amqp://guest:guest@localhost --only 'amqp091/queue/**'",
  },
  probe: {
    arguments: '<url>',
    summary: 'in a few seconds: which protocols the port answers, product, mechanisms, capabilities, limits',
    options: [...tls, ...shared],
    example: 'amqpspec probe amqp://guest:guest@localhost',
  },
  replay: {
    arguments: '<case> [target...]',
    summary: 'play one check or one fuzz finding again and show the annotated wire log; -- and a command for cases of clients',
    options: ['seed', 'runs', 'path', 'as', 'exec', 'ownBroker', ...tls, 'facilities', ...shared],
    example: 'amqpspec replay amqp091/queue/declare/passive-missing amqp://guest:guest@localhost',
  },
  serve: {
    arguments: '',
    summary: 'run the reference broker; user guest, password guest, virtual host /',
    options: [
      'host',
      'port',
      'tlsPort',
      'wsPort',
      'wssPort',
      ...tls,
      'definitions',
      'dialect',
      'maxConnections',
      'maxChannels',
      'maxQueues',
      'memoryLimit',
      'diskFreeLimit',
      'healthEvery',
      'data',
      'autoCreate',
      'fault',
      'log',
      ...shared,
    ],
    example: 'amqpspec serve --port 5673',
  },
  list: {
    arguments: '[what]',
    summary: 'what exists: checks, rules, scenarios, faults, brokers, profiles, clients or pairs',
    options: ['ofProtocol', 'only', ...shared],
    example: 'amqpspec list rules --protocol 1.0',
  },
  explain: {
    arguments: '<id>',
    summary: 'one rule, check, fault, client, case of pairs or place of the standard, with clause, level, legal answers, faults and file',
    options: [...shared],
    example: 'amqpspec explain amqp091/4.2.3.frame-end',
  },
  report: {
    arguments: '<record...>',
    summary: 'render run records again',
    options: ['out', 'format', ...shared],
    example: 'amqpspec report amqpspec-report/run.json --format html',
  },
  merge: {
    arguments: '<record...>',
    summary: 'join the records of all shards of a run into one',
    options: ['out', 'format', ...shared],
    example: 'amqpspec merge shard-1/run.json shard-2/run.json --out amqpspec-report',
  },
  diff: {
    arguments: '<old> <new>',
    summary: 'compare two run records: what fails, passes or reacts otherwise now; the exit status is 1 if something regressed',
    options: ['style', ...shared],
    example: 'amqpspec diff yesterday/run.json amqpspec-report/run.json --style markdown',
  },
  client: {
    arguments: '<command...>',
    summary: 'judge a client: start it once for each case against a broker that departs from the law in one way; what it is told is in AMQP_URL and AMQP_QUEUE',
    options: ['clientProtocol', 'only', 'skip', 'level', 'thorough', 'clientConcurrency', 'deadline', 'out', 'format', ...shared],
    example: 'amqpspec client -- node my-client.js',
  },
  'corpus export': {
    arguments: '<dir>',
    summary: 'seeds and a dictionary for a coverage-guided fuzzer of another language, from the same tables',
    options: ['for', 'ofProtocol', 'seed', ...shared],
    example: 'amqpspec corpus export --for go .',
  },
  'fuzz parser': {
    arguments: '[parser]',
    summary: 'generate frames against a frame parser: a module path, builtin:amqp091, amqplib or rhea, or a command with --exec',
    options: ['exec', 'protocol', 'time', 'inputs', 'seed', 'inputsShard', 'resume', 'corpus', 'save', 'out', 'format', ...shared],
    example: 'amqpspec fuzz parser builtin:amqp091 --time 10s',
  },
  'fuzz broker': {
    arguments: '[target]',
    summary: 'hold conversations that leave the law with a broker; no target: the embedded reference broker',
    options: [
      'ofProtocol',
      'time',
      'conversations',
      'seed',
      'conversationsShard',
      'rate',
      'ownBroker',
      'resume',
      'corpus',
      'save',
      'as',
      ...tls,
      'out',
      'format',
      ...shared,
    ],
    example: 'amqpspec fuzz broker amqp://guest:guest@localhost --time 1m',
  },
  'fuzz client': {
    arguments: '<command...>',
    summary: 'start a client again and again against a broker that departs from the law at a drawn moment, in a drawn way',
    options: ['clientProtocol', 'time', 'inputs', 'seed', 'inputsShard', 'clientConcurrency', 'resume', 'corpus', 'save', 'out', 'format', ...shared],
    example: 'amqpspec fuzz client --time 1m -- node my-client.js',
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

export type CommandName = keyof typeof commands;
