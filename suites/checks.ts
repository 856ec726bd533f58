import type { Check } from '../harness/check/check.ts';
import { acquired10Checks } from './amqp10/acquired.ts';
import { addressV210Checks } from './amqp10/address-v2.ts';
import { anonymousTerminus10Checks } from './amqp10/anonymous-terminus.ts';
import { attach10Checks } from './amqp10/attach.ts';
import { attachTermini10Checks } from './amqp10/attach-termini.ts';
import { begin10Checks } from './amqp10/begin.ts';
import { claims10Checks } from './amqp10/claims.ts';
import { close10Checks } from './amqp10/close.ts';
import { composite10Checks } from './amqp10/composites.ts';
import { compound10Checks } from './amqp10/compounds.ts';
import { conversion10Checks } from './amqp10/conversion.ts';
import { conversionHeader10Checks } from './amqp10/conversion-headers.ts';
import { crossBodyChecks } from './amqp10/cross-body.ts';
import { crossOutcomeChecks } from './amqp10/cross-outcome.ts';
import { crossQueueChecks } from './amqp10/cross-queue.ts';
import { crossSettledChecks } from './amqp10/cross-settled.ts';
import { crossSurveyChecks } from './amqp10/cross-survey.ts';
import { crossTransactionChecks } from './amqp10/cross-transaction.ts';
import { detach10Checks } from './amqp10/detach.ts';
import { disposition10Checks } from './amqp10/disposition.ts';
import { dynamic10Checks } from './amqp10/dynamic.ts';
import { end10Checks } from './amqp10/end.ts';
import { error10Checks } from './amqp10/error.ts';
import { errorAccess10Checks } from './amqp10/error-access.ts';
import { expiry10Checks } from './amqp10/expiry.ts';
import { filter10Checks } from './amqp10/filters.ts';
import { flowCredit10Checks } from './amqp10/flow-credit.ts';
import { flowState10Checks } from './amqp10/flow-state.ts';
import { frameBody10Checks } from './amqp10/frame-bodies.ts';
import { frameSize10Checks } from './amqp10/frame-size.ts';
import { framing10Checks } from './amqp10/framing.ts';
import { header10Checks } from './amqp10/header.ts';
import { httpExchange10Checks } from './amqp10/http-exchanges.ts';
import { httpManagement10Checks } from './amqp10/http-management.ts';
import { idle10Checks } from './amqp10/idle.ts';
import { limits10Checks } from './amqp10/limits.ts';
import { linkPair10Checks } from './amqp10/link-pair.ts';
import { malformedValue10Checks } from './amqp10/malformed.ts';
import { management10Checks } from './amqp10/management.ts';
import { mechanism10Checks } from './amqp10/mechanisms.ts';
import { messageAnnotation10Checks } from './amqp10/message-annotations.ts';
import { messageBody10Checks } from './amqp10/message-body.ts';
import { messageForm10Checks } from './amqp10/message-form.ts';
import { messageHeader10Checks } from './amqp10/message-header.ts';
import { messageProperty10Checks } from './amqp10/message-properties.ts';
import { open10Checks } from './amqp10/open.ts';
import { outcome10Checks } from './amqp10/outcome.ts';
import { reply10Checks } from './amqp10/replies.ts';
import { resume10Checks } from './amqp10/resume.ts';
import { resumeReceiver10Checks } from './amqp10/resume-receiver.ts';
import { resumeStates10Checks } from './amqp10/resume-states.ts';
import { sasl10Checks } from './amqp10/sasl.ts';
import { saslRefused10Checks } from './amqp10/sasl-refused.ts';
import { sessionFlow10Checks } from './amqp10/session-flow.ts';
import { soleConnection10Checks } from './amqp10/sole-connection.ts';
import { subscription10Checks } from './amqp10/subscriptions.ts';
import { terminus10Checks } from './amqp10/terminus.ts';
import { terminusFilters10Checks } from './amqp10/terminus-filters.ts';
import { terminusOutcomes10Checks } from './amqp10/terminus-outcomes.ts';
import { tls10Checks } from './amqp10/tls.ts';
import { transactionControl10Checks } from './amqp10/transaction-control.ts';
import { transactionPosting10Checks } from './amqp10/transaction-posting.ts';
import { transactionRetirement10Checks } from './amqp10/transaction-retirement.ts';
import { transactionScope10Checks } from './amqp10/transaction-scope.ts';
import { transfer10Checks } from './amqp10/transfer.ts';
import { transferParts10Checks } from './amqp10/transfer-parts.ts';
import { transferSettled10Checks } from './amqp10/transfer-settled.ts';
import { value10Checks } from './amqp10/values.ts';
import { webSocket10Checks } from './amqp10/websocket.ts';
import { acknowledgeChecks } from './amqp091/acknowledge.ts';
import { authenticationChecks } from './amqp091/authentication.ts';
import { bindingChecks } from './amqp091/binding.ts';
import { blockedChecks } from './amqp091/blocked.ts';
import { channelChecks } from './amqp091/channel.ts';
import { channelExceptionChecks } from './amqp091/channel-exceptions.ts';
import { competitionChecks } from './amqp091/competition.ts';
import { confirmChecks } from './amqp091/confirm.ts';
import { confirmCaseChecks } from './amqp091/confirm-cases.ts';
import { connectionChecks } from './amqp091/connection.ts';
import { consumeChecks } from './amqp091/consume.ts';
import { consumerChecks } from './amqp091/consumers.ts';
import { contentChecks } from './amqp091/content.ts';
import { credentialChecks } from './amqp091/credentials.ts';
import { cutChecks } from './amqp091/cuts.ts';
import { deliverChecks } from './amqp091/deliver.ts';
import { exchangeChecks } from './amqp091/exchange.ts';
import { exchangeDeleteChecks } from './amqp091/exchange-delete.ts';
import { equivalenceChecks, exchangeLifeChecks } from './amqp091/exchange-life.ts';
import { externalChecks } from './amqp091/external.ts';
import { fieldLimitChecks } from './amqp091/field-limits.ts';
import { fieldChecks } from './amqp091/fields.ts';
import { flowChecks } from './amqp091/flow.ts';
import { frameMaxChecks } from './amqp091/frame-max.ts';
import { framingChecks } from './amqp091/framing.ts';
import { getChecks } from './amqp091/get.ts';
import { givenUpChecks } from './amqp091/given-up.ts';
import { headerChecks } from './amqp091/header.ts';
import { heartbeatChecks } from './amqp091/heartbeat.ts';
import { immediateChecks } from './amqp091/immediate.ts';
import { leftOpenChecks } from './amqp091/left-open.ts';
import { malformedContentChecks } from './amqp091/malformed-content.ts';
import { malformedFieldChecks } from './amqp091/malformed-fields.ts';
import { methodChecks, segmentationChecks } from './amqp091/methods.ts';
import { negotiationChecks } from './amqp091/negotiation.ts';
import { openChecks } from './amqp091/open.ts';
import { permissionChecks } from './amqp091/permission.ts';
import { permissionEffectChecks } from './amqp091/permission-effects.ts';
import { persistenceChecks } from './amqp091/persistence.ts';
import { pipelinedChecks } from './amqp091/pipelined.ts';
import { prefetchRoomChecks, prefetchScopeChecks } from './amqp091/prefetch.ts';
import { prefetchChangeChecks } from './amqp091/prefetch-change.ts';
import { prefetchSizeChecks } from './amqp091/prefetch-size.ts';
import { publishChecks } from './amqp091/publish.ts';
import { qosChecks } from './amqp091/qos.ts';
import { queueChecks } from './amqp091/queue.ts';
import { queueLifeChecks } from './amqp091/queue-life.ts';
import { recoverChecks } from './amqp091/recover.ts';
import { redeliveredChecks, redeliveryChecks } from './amqp091/redelivery.ts';
import { rejectChecks } from './amqp091/reject.ts';
import { routingChecks } from './amqp091/routing.ts';
import { routingEdgeChecks } from './amqp091/routing-edges.ts';
import { headersRoutingChecks } from './amqp091/routing-headers.ts';
import { startChecks } from './amqp091/start.ts';
import { tlsChecks } from './amqp091/tls.ts';
import { txChecks } from './amqp091/tx.ts';
import { txAcknowledgeChecks } from './amqp091/tx-acknowledge.ts';
import { txPublishChecks } from './amqp091/tx-publish.ts';
import { txRejectChecks } from './amqp091/tx-reject.ts';
import { txScopeChecks } from './amqp091/tx-scope.ts';
import { updateSecretChecks } from './amqp091/update-secret.ts';
import { virtualHostChecks } from './amqp091/virtual-host.ts';
import { durableAcknowledgementChecks } from './durability/acknowledged.ts';
import { durableArgumentChecks } from './durability/arguments.ts';
import { durableConfirmChecks } from './durability/confirmed.ts';
import { durableMessageChecks } from './durability/messages.ts';
import { durableTopologyChecks } from './durability/topology.ts';
import { durableTransactionChecks } from './durability/transacted.ts';
import { acknowledgementTimeoutChecks } from './extensions/acknowledgement-timeout.ts';
import { alternateExchangeChecks } from './extensions/alternate-exchange.ts';
import { consumerCancelChecks } from './extensions/consumer-cancel.ts';
import { consumerPriorityChecks } from './extensions/consumer-priority.ts';
import { deadLetterChecks } from './extensions/dead-letter.ts';
import { deadLetterCycleChecks } from './extensions/dead-letter-cycle.ts';
import { deadLetterHistoryChecks } from './extensions/dead-letter-history.ts';
import { deadLetterRoutingChecks } from './extensions/dead-letter-routing.ts';
import { directReplyToChecks } from './extensions/direct-reply-to.ts';
import { directReplyToRefusalChecks } from './extensions/direct-reply-to-refusals.ts';
import { exchangeBindingLifeChecks } from './extensions/exchange-binding-life.ts';
import { exchangeBindingChecks } from './extensions/exchange-bindings.ts';
import { exchangeLoopChecks } from './extensions/exchange-loops.ts';
import { exchangeUnbindingChecks } from './extensions/exchange-unbinding.ts';
import { messagePriorityChecks, queueArgumentChecks } from './extensions/message-priority.ts';
import { messageTtlChecks } from './extensions/message-ttl.ts';
import { perConsumerPrefetchChecks } from './extensions/per-consumer-prefetch.ts';
import { queueExpiryChecks } from './extensions/queue-expiry.ts';
import { queueLengthChecks } from './extensions/queue-length.ts';
import { queueOverflowChecks } from './extensions/queue-overflow.ts';
import { senderSelectedChecks } from './extensions/sender-selected.ts';
import { singleActiveConsumerChecks } from './extensions/single-active-consumer.ts';
import { userIdChecks } from './extensions/user-id.ts';
import { fieldTypeChecks } from './honesty/field-types.ts';
import { limitChecks } from './honesty/limits.ts';
import { limit10Checks } from './honesty/limits10.ts';
import { stallChecks } from './honesty/stalls.ts';
import { conversationChecks } from './patterns/conversations.ts';
import { pattern10Checks } from './patterns/patterns10.ts';
import { schemaMessageChecks } from './patterns/schema-messages.ts';
import { schemaMessage10Checks } from './patterns/schema-messages10.ts';
import { workChecks } from './patterns/work.ts';
import { propertyChecks } from './properties/properties.ts';
import { property10Checks } from './properties/properties10.ts';

/** Every suite file with its checks. */
const suites: readonly (readonly [file: string, checks: readonly Check[]])[] = [
  ['suites/amqp091/acknowledge.ts', [...acknowledgeChecks]],
  ['suites/amqp091/authentication.ts', [...authenticationChecks]],
  ['suites/amqp091/binding.ts', [...bindingChecks]],
  ['suites/amqp091/blocked.ts', [...blockedChecks]],
  ['suites/amqp091/channel-exceptions.ts', [...channelExceptionChecks]],
  ['suites/amqp091/channel.ts', [...channelChecks]],
  ['suites/amqp091/competition.ts', [...competitionChecks]],
  ['suites/amqp091/confirm-cases.ts', [...confirmCaseChecks]],
  ['suites/amqp091/confirm.ts', [...confirmChecks]],
  ['suites/amqp091/connection.ts', [...connectionChecks]],
  ['suites/amqp091/consume.ts', [...consumeChecks]],
  ['suites/amqp091/consumers.ts', [...consumerChecks]],
  ['suites/amqp091/content.ts', [...contentChecks]],
  ['suites/amqp091/credentials.ts', [...credentialChecks]],
  ['suites/amqp091/cuts.ts', [...cutChecks]],
  ['suites/amqp091/deliver.ts', [...deliverChecks]],
  ['suites/amqp091/exchange-delete.ts', [...exchangeDeleteChecks]],
  ['suites/amqp091/exchange-life.ts', [...exchangeLifeChecks, ...equivalenceChecks]],
  ['suites/amqp091/exchange.ts', [...exchangeChecks]],
  ['suites/amqp091/external.ts', [...externalChecks]],
  ['suites/amqp091/field-limits.ts', [...fieldLimitChecks]],
  ['suites/amqp091/fields.ts', [...fieldChecks]],
  ['suites/amqp091/flow.ts', [...flowChecks]],
  ['suites/amqp091/frame-max.ts', [...frameMaxChecks]],
  ['suites/amqp091/framing.ts', [...framingChecks]],
  ['suites/amqp091/get.ts', [...getChecks]],
  ['suites/amqp091/given-up.ts', [...givenUpChecks]],
  ['suites/amqp091/header.ts', [...headerChecks]],
  ['suites/amqp091/heartbeat.ts', [...heartbeatChecks]],
  ['suites/amqp091/immediate.ts', [...immediateChecks]],
  ['suites/amqp091/left-open.ts', [...leftOpenChecks]],
  ['suites/amqp091/malformed-content.ts', [...malformedContentChecks]],
  ['suites/amqp091/malformed-fields.ts', [...malformedFieldChecks]],
  ['suites/amqp091/methods.ts', [...methodChecks, ...segmentationChecks]],
  ['suites/amqp091/negotiation.ts', [...negotiationChecks]],
  ['suites/amqp091/open.ts', [...openChecks]],
  ['suites/amqp091/permission-effects.ts', [...permissionEffectChecks]],
  ['suites/amqp091/permission.ts', [...permissionChecks]],
  ['suites/amqp091/persistence.ts', [...persistenceChecks]],
  ['suites/amqp091/pipelined.ts', [...pipelinedChecks]],
  ['suites/amqp091/prefetch-change.ts', [...prefetchChangeChecks]],
  ['suites/amqp091/prefetch-size.ts', [...prefetchSizeChecks]],
  ['suites/amqp091/prefetch.ts', [...prefetchScopeChecks, ...prefetchRoomChecks]],
  ['suites/amqp091/publish.ts', [...publishChecks]],
  ['suites/amqp091/qos.ts', [...qosChecks]],
  ['suites/amqp091/queue-life.ts', [...queueLifeChecks]],
  ['suites/amqp091/queue.ts', [...queueChecks]],
  ['suites/amqp091/recover.ts', [...recoverChecks]],
  ['suites/amqp091/redelivery.ts', [...redeliveryChecks, ...redeliveredChecks]],
  ['suites/amqp091/reject.ts', [...rejectChecks]],
  ['suites/amqp091/routing-edges.ts', [...routingEdgeChecks]],
  ['suites/amqp091/routing-headers.ts', [...headersRoutingChecks]],
  ['suites/amqp091/routing.ts', [...routingChecks]],
  ['suites/amqp091/start.ts', [...startChecks]],
  ['suites/amqp091/tls.ts', [...tlsChecks]],
  ['suites/amqp091/tx-acknowledge.ts', [...txAcknowledgeChecks]],
  ['suites/amqp091/tx-publish.ts', [...txPublishChecks]],
  ['suites/amqp091/tx-reject.ts', [...txRejectChecks]],
  ['suites/amqp091/tx-scope.ts', [...txScopeChecks]],
  ['suites/amqp091/tx.ts', [...txChecks]],
  ['suites/amqp091/update-secret.ts', [...updateSecretChecks]],
  ['suites/amqp091/virtual-host.ts', [...virtualHostChecks]],
  ['suites/amqp10/acquired.ts', [...acquired10Checks]],
  ['suites/amqp10/address-v2.ts', [...addressV210Checks]],
  ['suites/amqp10/anonymous-terminus.ts', [...anonymousTerminus10Checks]],
  ['suites/amqp10/attach-termini.ts', [...attachTermini10Checks]],
  ['suites/amqp10/attach.ts', [...attach10Checks]],
  ['suites/amqp10/begin.ts', [...begin10Checks]],
  ['suites/amqp10/claims.ts', [...claims10Checks]],
  ['suites/amqp10/close.ts', [...close10Checks]],
  ['suites/amqp10/composites.ts', [...composite10Checks]],
  ['suites/amqp10/compounds.ts', [...compound10Checks]],
  ['suites/amqp10/conversion-headers.ts', [...conversionHeader10Checks]],
  ['suites/amqp10/conversion.ts', [...conversion10Checks]],
  ['suites/amqp10/cross-body.ts', [...crossBodyChecks]],
  ['suites/amqp10/cross-outcome.ts', [...crossOutcomeChecks]],
  ['suites/amqp10/cross-queue.ts', [...crossQueueChecks]],
  ['suites/amqp10/cross-settled.ts', [...crossSettledChecks]],
  ['suites/amqp10/cross-survey.ts', [...crossSurveyChecks]],
  ['suites/amqp10/cross-transaction.ts', [...crossTransactionChecks]],
  ['suites/amqp10/detach.ts', [...detach10Checks]],
  ['suites/amqp10/disposition.ts', [...disposition10Checks]],
  ['suites/amqp10/dynamic.ts', [...dynamic10Checks]],
  ['suites/amqp10/end.ts', [...end10Checks]],
  ['suites/amqp10/error-access.ts', [...errorAccess10Checks]],
  ['suites/amqp10/error.ts', [...error10Checks]],
  ['suites/amqp10/expiry.ts', [...expiry10Checks]],
  ['suites/amqp10/filters.ts', [...filter10Checks]],
  ['suites/amqp10/flow-credit.ts', [...flowCredit10Checks]],
  ['suites/amqp10/flow-state.ts', [...flowState10Checks]],
  ['suites/amqp10/frame-bodies.ts', [...frameBody10Checks]],
  ['suites/amqp10/frame-size.ts', [...frameSize10Checks]],
  ['suites/amqp10/framing.ts', [...framing10Checks]],
  ['suites/amqp10/header.ts', [...header10Checks]],
  ['suites/amqp10/http-exchanges.ts', [...httpExchange10Checks]],
  ['suites/amqp10/http-management.ts', [...httpManagement10Checks]],
  ['suites/amqp10/idle.ts', [...idle10Checks]],
  ['suites/amqp10/limits.ts', [...limits10Checks]],
  ['suites/amqp10/link-pair.ts', [...linkPair10Checks]],
  ['suites/amqp10/malformed.ts', [...malformedValue10Checks]],
  ['suites/amqp10/management.ts', [...management10Checks]],
  ['suites/amqp10/mechanisms.ts', [...mechanism10Checks]],
  ['suites/amqp10/message-annotations.ts', [...messageAnnotation10Checks]],
  ['suites/amqp10/message-body.ts', [...messageBody10Checks]],
  ['suites/amqp10/message-form.ts', [...messageForm10Checks]],
  ['suites/amqp10/message-header.ts', [...messageHeader10Checks]],
  ['suites/amqp10/message-properties.ts', [...messageProperty10Checks]],
  ['suites/amqp10/open.ts', [...open10Checks]],
  ['suites/amqp10/outcome.ts', [...outcome10Checks]],
  ['suites/amqp10/replies.ts', [...reply10Checks]],
  ['suites/amqp10/resume-receiver.ts', [...resumeReceiver10Checks]],
  ['suites/amqp10/resume-states.ts', [...resumeStates10Checks]],
  ['suites/amqp10/resume.ts', [...resume10Checks]],
  ['suites/amqp10/sasl-refused.ts', [...saslRefused10Checks]],
  ['suites/amqp10/sasl.ts', [...sasl10Checks]],
  ['suites/amqp10/session-flow.ts', [...sessionFlow10Checks]],
  ['suites/amqp10/sole-connection.ts', [...soleConnection10Checks]],
  ['suites/amqp10/subscriptions.ts', [...subscription10Checks]],
  ['suites/amqp10/terminus-filters.ts', [...terminusFilters10Checks]],
  ['suites/amqp10/terminus-outcomes.ts', [...terminusOutcomes10Checks]],
  ['suites/amqp10/terminus.ts', [...terminus10Checks]],
  ['suites/amqp10/tls.ts', [...tls10Checks]],
  ['suites/amqp10/transaction-control.ts', [...transactionControl10Checks]],
  ['suites/amqp10/transaction-posting.ts', [...transactionPosting10Checks]],
  ['suites/amqp10/transaction-retirement.ts', [...transactionRetirement10Checks]],
  ['suites/amqp10/transaction-scope.ts', [...transactionScope10Checks]],
  ['suites/amqp10/transfer-parts.ts', [...transferParts10Checks]],
  ['suites/amqp10/transfer-settled.ts', [...transferSettled10Checks]],
  ['suites/amqp10/transfer.ts', [...transfer10Checks]],
  ['suites/amqp10/values.ts', [...value10Checks]],
  ['suites/amqp10/websocket.ts', [...webSocket10Checks]],
  ['suites/durability/acknowledged.ts', [...durableAcknowledgementChecks]],
  ['suites/durability/arguments.ts', [...durableArgumentChecks]],
  ['suites/durability/confirmed.ts', [...durableConfirmChecks]],
  ['suites/durability/messages.ts', [...durableMessageChecks]],
  ['suites/durability/topology.ts', [...durableTopologyChecks]],
  ['suites/durability/transacted.ts', [...durableTransactionChecks]],
  ['suites/extensions/acknowledgement-timeout.ts', [...acknowledgementTimeoutChecks]],
  ['suites/extensions/alternate-exchange.ts', [...alternateExchangeChecks]],
  ['suites/extensions/consumer-cancel.ts', [...consumerCancelChecks]],
  ['suites/extensions/consumer-priority.ts', [...consumerPriorityChecks]],
  ['suites/extensions/dead-letter-cycle.ts', [...deadLetterCycleChecks]],
  ['suites/extensions/dead-letter-history.ts', [...deadLetterHistoryChecks]],
  ['suites/extensions/dead-letter-routing.ts', [...deadLetterRoutingChecks]],
  ['suites/extensions/dead-letter.ts', [...deadLetterChecks]],
  ['suites/extensions/direct-reply-to-refusals.ts', [...directReplyToRefusalChecks]],
  ['suites/extensions/direct-reply-to.ts', [...directReplyToChecks]],
  ['suites/extensions/exchange-binding-life.ts', [...exchangeBindingLifeChecks]],
  ['suites/extensions/exchange-bindings.ts', [...exchangeBindingChecks]],
  ['suites/extensions/exchange-loops.ts', [...exchangeLoopChecks]],
  ['suites/extensions/exchange-unbinding.ts', [...exchangeUnbindingChecks]],
  ['suites/extensions/message-priority.ts', [...messagePriorityChecks, ...queueArgumentChecks]],
  ['suites/extensions/message-ttl.ts', [...messageTtlChecks]],
  ['suites/extensions/per-consumer-prefetch.ts', [...perConsumerPrefetchChecks]],
  ['suites/extensions/queue-expiry.ts', [...queueExpiryChecks]],
  ['suites/extensions/queue-length.ts', [...queueLengthChecks]],
  ['suites/extensions/queue-overflow.ts', [...queueOverflowChecks]],
  ['suites/extensions/sender-selected.ts', [...senderSelectedChecks]],
  ['suites/extensions/single-active-consumer.ts', [...singleActiveConsumerChecks]],
  ['suites/extensions/user-id.ts', [...userIdChecks]],
  ['suites/honesty/field-types.ts', [...fieldTypeChecks]],
  ['suites/honesty/limits.ts', [...limitChecks]],
  ['suites/honesty/limits10.ts', [...limit10Checks]],
  ['suites/honesty/stalls.ts', [...stallChecks]],
  ['suites/patterns/conversations.ts', [...conversationChecks]],
  ['suites/patterns/patterns10.ts', [...pattern10Checks]],
  ['suites/patterns/schema-messages.ts', [...schemaMessageChecks]],
  ['suites/patterns/schema-messages10.ts', [...schemaMessage10Checks]],
  ['suites/patterns/work.ts', [...workChecks]],
  ['suites/properties/properties.ts', [...propertyChecks]],
  ['suites/properties/properties10.ts', [...property10Checks]],
];

/** Every check there is. */
export const allChecks: readonly Check[] = suites.flatMap(([, checks]) => checks);

const files: ReadonlyMap<string, string> = new Map(suites.flatMap(([file, checks]) => checks.map(({ id }) => [id, file] as const)));

/** The file in which a check stands; empty for an id that is none. */
export const fileOf = (id: string): string => files.get(id) ?? '';
