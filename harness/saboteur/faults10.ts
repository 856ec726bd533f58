import type { ServerDutyIn } from '../spec/catalogue.ts';
import type { Fault } from './fault.ts';
import { attachFaults10, detachFaults10 } from './faults10-attach.ts';
import { beginFaults10, endFaults10, windowFaults10 } from './faults10-begin.ts';
import { claimsFaults10 } from './faults10-claims.ts';
import { conversionFaults10 } from './faults10-conversion.ts';
import { dispositionFaults10 } from './faults10-disposition.ts';
import { errorFaults10 } from './faults10-errors.ts';
import { filterFaults10 } from './faults10-filter.ts';
import { flowFaults10 } from './faults10-flow.ts';
import { framingFaults10 } from './faults10-framing.ts';
import { httpManagementFaults10, pairingFaults10 } from './faults10-http.ts';
import { managementFaults10 } from './faults10-management.ts';
import { messageFaults10 } from './faults10-message.ts';
import { closeFaults10, idleFaults10, openFaults10 } from './faults10-open.ts';
import { resumeFaults10 } from './faults10-resume.ts';
import { routingFaults10 } from './faults10-routing.ts';
import { saslFaults10 } from './faults10-sasl.ts';
import { soleFaults10 } from './faults10-sole.ts';
import { terminusFaults10 } from './faults10-terminus.ts';
import { transactionFaults10 } from './faults10-transaction.ts';
import { transferFaults10 } from './faults10-transfer.ts';
import { typesFaults10 } from './faults10-types.ts';
import { webSocketFaults10 } from './faults10-websocket.ts';

/** The areas of 1.0 whose every duty of a server that can be shown and violated has a fault: more than those that are judged so far. */
type Broken10 =
  | 'resume'
  | 'webSocket'
  | 'management'
  | 'filter'
  | 'routing'
  | 'types'
  | 'framing'
  | 'connection'
  | 'session'
  | 'link'
  | 'flow'
  | 'transfer'
  | 'errors'
  | 'outcome'
  | 'terminus'
  | 'security'
  | 'soleConnection'
  | 'message'
  | 'conversion'
  | 'transaction'
  | 'pairing'
  | 'httpManagement'
  | 'claims';

/** Faults of AMQP 1.0. */
export const faults10 = {
  ...framingFaults10,
  ...typesFaults10,
  ...saslFaults10,
  ...soleFaults10,
  ...openFaults10,
  ...idleFaults10,
  ...closeFaults10,
  ...beginFaults10,
  ...windowFaults10,
  ...endFaults10,
  ...attachFaults10,
  ...detachFaults10,
  ...flowFaults10,
  ...transferFaults10,
  ...dispositionFaults10,
  ...resumeFaults10,
  ...terminusFaults10,
  ...errorFaults10,
  ...messageFaults10,
  ...conversionFaults10,
  ...transactionFaults10,
  ...pairingFaults10,
  ...httpManagementFaults10,
  ...claimsFaults10,
  ...routingFaults10,
  ...managementFaults10,
  ...filterFaults10,
  ...webSocketFaults10,
} as const satisfies { readonly [D in ServerDutyIn<Broken10>]: readonly [Fault, ...Fault[]] };
