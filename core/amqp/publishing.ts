// Publishing and answering: encode, find the address, hand over to the transport.
import type { AnyMessage, MessageFields } from '../contract/index.ts';
import { AppError, hasCode } from '../errors/index.ts';
import type { Logger } from '../log/index.ts';
import { currentTraceparent } from '../trace/index.ts';
import { type Address, addressOf, errorAnswer, findReplyAddress } from './addresses.ts';
import type { Delivery, PublishOptions } from './bus.ts';
import type { Encoder } from './envelope.ts';
import type { Meters } from './meters.ts';
import type { Transport } from './transport.ts';

const defaultTimeout = 5_000;

export interface PublishingOptions {
  readonly transport: Transport;
  readonly encode: Encoder;
  readonly meters: Meters;
  readonly log: Logger;
}

export interface Publishing {
  /** Publishes to `target` by name, or where the contract says. */
  publish(
    target: string | undefined,
    contract: AnyMessage,
    fields: object,
    options?: PublishOptions,
  ): Promise<void>;
  reply(
    request: Delivery<AnyMessage>,
    contract: AnyMessage,
    fields: object,
    options?: PublishOptions,
  ): Promise<void>;
  /** Tells a requester that its message was bad, when it asked for an answer. */
  refuse(request: Delivery<AnyMessage>, error: AppError): void;
}

/** Makes what a bus publishes with. */
export function createPublishing({ transport, encode, meters, log }: PublishingOptions): Publishing {
  const put = (
    address: Address | undefined,
    target: string | undefined,
    contract: AnyMessage,
    fields: object,
    given: PublishOptions,
  ): Promise<void> => {
    const { body, message, messageId } = encode(contract, fields as MessageFields<AnyMessage>, given);
    const { exchange, key, correlationId, headers } = address ?? addressOf(contract, message, target);
    const traceparent = currentTraceparent();
    return transport.publish({
      exchange,
      key,
      body,
      messageId,
      correlationId,
      headers: traceparent === undefined ? headers : { ...headers, traceparent },
      priority: given.priority,
      persistent: given.durable,
      mandatory: given.mandatory,
      confirm: given.durable === true || given.mandatory === true,
      deadline: Date.now() + (given.timeout ?? defaultTimeout),
    });
  };

  const reply: Publishing['reply'] = async (request, contract, fields, given = {}) => {
    const address = findReplyAddress(request);
    const { message } = request;
    if (!address)
      throw new AppError('invalid_message', {
        message: `${message['Event-Category']}/${message['Event-Name']} asks for no answer: it has no replyTo and no Server-ID`,
      });
    const messageId: string | undefined = message['Msg-ID'];
    await put(
      address,
      undefined,
      contract,
      fields,
      messageId === undefined ? given : { ...given, messageId },
    );
  };

  return {
    publish: async (target, contract, fields, given = {}) => {
      try {
        await put(undefined, target, contract, fields, given);
      } catch (error) {
        if (hasCode(error, 'nobody_listens')) meters.returned(contract.id);
        throw error;
      }
    },
    reply,
    refuse: (request, error) => {
      if (!findReplyAddress(request)) return;
      const callId: unknown = request.message['Call-ID'];
      const about = typeof callId === 'string' ? { 'Call-ID': callId } : {};
      reply(request, errorAnswer, { ...error.toFields(), ...about }).catch((cause: unknown) =>
        log.warn('a requester could not be told of its bad message', { error: cause }),
      );
    },
  };
}
