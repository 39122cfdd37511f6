// Every error the project can raise: HTTP status, whether a retry may help, and the default text.

interface ErrorKind {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

const define = <T extends Record<string, ErrorKind>>(kinds: T): T => kinds;
const kind = (status: number, message: string, retryable = false): ErrorKind => ({
  status,
  message,
  retryable,
});

/** The catalogue, by code. REST spells the code as the `message` of its envelope (contract/crossbar.md §2). */
export const catalogue = define({
  // requests
  invalid_data: kind(400, 'validation error'),
  invalid_envelope: kind(400, 'invalid request envelope'),
  bad_request: kind(400, 'the request does not fit'),
  parse_error: kind(400, 'the body is not valid JSON'),
  invalid_credentials: kind(401, 'invalid credentials'),
  accept_charges: kind(402, 'this costs more: accept the charges'),
  billing_issue: kind(402, 'there is a problem with the bills of the account'),
  forbidden: kind(403, 'forbidden'),
  not_found: kind(404, 'not found'),
  bad_identifier: kind(404, 'bad identifier'),
  faulty_request: kind(404, 'faulty request'),
  invalid_method: kind(405, 'method not allowed'),
  datastore_conflict: kind(409, 'the document was changed meanwhile'),
  number_exists: kind(409, 'the number exists already'),
  number_is_porting: kind(400, 'the number is being ported'),
  invalid_state_transition: kind(400, 'the number cannot come from its state into the other'),
  no_change_required: kind(400, 'nothing is to be changed'),
  gone: kind(410, 'gone'),
  precondition_failed: kind(412, 'the document is at another revision'),
  too_large: kind(413, 'the body is too large'),
  unsupported_media_type: kind(415, 'unsupported content type'),
  range_not_satisfiable: kind(416, 'range not satisfiable'),
  locked: kind(423, 'the account is disabled or expired'),
  too_many_requests: kind(429, 'too many requests', true),
  unspecified_fault: kind(500, 'internal error'),
  account_has_descendants: kind(500, 'the account has descendants'),
  account_has_active_port: kind(500, 'the account has a port request that is not over'),
  not_implemented: kind(501, 'not implemented'),
  bad_gateway: kind(502, 'an upstream server failed', true),
  // store
  datastore_unreachable: kind(503, 'the database does not answer', true),
  datastore_missing: kind(503, 'the database does not exist'),
  datastore_missing_view: kind(503, 'the view does not exist'),
  datastore_fault: kind(503, 'the database failed', true),
  quorum_not_met: kind(503, 'the write was accepted but its quorum was not met', true),
  // bus
  invalid_message: kind(400, 'the message does not fit its contract'),
  bus_unreachable: kind(503, 'the message broker does not answer', true),
  nobody_listens: kind(503, 'nobody listens for this message', true),
  request_timeout: kind(504, 'the answer did not come in time', true),
  breaker_open: kind(503, 'this target failed too often and is given a rest', true),
  // calls and switches
  call_hung_up: kind(410, 'the call was hung up'),
  call_lost: kind(410, 'control of the call went to another process'),
  command_failed: kind(502, 'the switch refused the command'),
  command_timeout: kind(504, 'the switch did not finish the command in time', true),
  switch_unreachable: kind(503, 'the media server does not answer', true),
  no_switch: kind(503, 'no media server is available', true),
  no_route: kind(404, 'no route to this destination'),
  // processes
  actor_stopped: kind(500, 'the actor has stopped'),
  actor_overloaded: kind(503, 'the mailbox of the actor is full', true),
  invalid_config: kind(500, 'the configuration is wrong'),
  timeout: kind(504, 'it took too long', true),
  stopping: kind(503, 'the process is stopping', true),
});

export type ErrorCode = keyof typeof catalogue;
