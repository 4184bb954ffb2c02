import { oneLine } from '../core/one-line.ts';
import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { wordsOf } from '../errors.ts';
import { compose, type Composing } from './compose.ts';
import { createSigner, type DkimKey, type Signer } from './dkim.ts';
import { envelopeSender } from './envelope-sender.ts';
import { openPostBox, type PostBox } from './post-box.ts';
import { needsSmtpUtf8, offersSmtpUtf8, recipient } from './recipient.ts';
import { classify } from './smtp-reply.ts';
import { tlsTrouble } from './tls-trouble.ts';

export interface EmailOptions extends Omit<Composing, 'server'> {
  /** `smtp://user:password@host:port` (STARTTLS wherever the server offers it), `smtps://…`. */
  readonly url: string;
  readonly connections?: number;
  readonly patience?: Partial<Patience>;
  /** One signature for each. None where the server behind `url` signs. */
  readonly dkim?: readonly DkimKey[];
  /** Nothing goes out in clear text. */
  readonly require_tls?: boolean;
}

/** Longest waits, in milliseconds. The library's own (minutes) are too long for a worker that holds a claim. */
export interface Patience {
  readonly connecting: number;
  readonly greeting: number;
  /** Between two signs of life of the server, also between the final dot and its answer. */
  readonly silence: number;
  /** From the queue for a connection to the answer: shorter than a claim lasts while a message is handed over. */
  readonly whole: number;
}

const PATIENCE: Patience = { connecting: 10_000, greeting: 15_000, silence: 60_000, whole: 110_000 };

/**
 * E-mail over pooled SMTP connections.
 *
 * @throws UserError where a DKIM key cannot be used.
 */
export function createEmailChannel(options: EmailOptions): Channel {
  const patience = { ...PATIENCE, ...options.patience };
  const box = openBox(options, patience);
  const composing = { ...options, server: new URL(options.url).hostname };
  const way: Way = {
    options,
    composing,
    box,
    sign: createSigner(options.dkim ?? []),
    takesUtf8: false,
  };
  return {
    name: 'email',
    async deliver(parcel, beforeHandingOver) {
      const delivery = await deliver(way, parcel, beforeHandingOver);
      // Servers answer what they like, also what no database takes.
      return { ...delivery, response: oneLine(delivery.response) };
    },
    close: () => Promise.resolve(box.close()),
  };
}

/** What a channel has to send by. */
interface Way {
  readonly options: EmailOptions;
  readonly composing: Composing;
  readonly box: PostBox;
  readonly sign: Signer;
  /** The server has said once that it knows SMTPUTF8. */
  takesUtf8: boolean;
}

function openBox({ url, connections = 20, require_tls }: EmailOptions, patience: Patience): PostBox {
  const options = {
    url,
    maxConnections: connections,
    maxMessages: Infinity,
    connectionTimeout: patience.connecting,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.silence,
    ...(require_tls ? { requireTLS: true } : {}),
  };
  return openPostBox(options, patience.whole);
}

async function deliver(
  way: Way,
  parcel: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  const to = recipient(parcel.to);
  if (to === undefined) return unfit('not an address of one person');
  if (parcel.subject.trim() === '') return unfit('the subject is empty');
  let stage: Stage = 'before';
  const gate = async (): Promise<void> => {
    stage = 'at the gate';
    if (!(await beforeHandingOver())) throw new Error('the claim on this message was lost');
    stage = 'handed over';
  };
  try {
    if (needsSmtpUtf8(to) && !(await takesUtf8(way))) return unfit(NO_SMTPUTF8);
    const whole = await way.sign(compose(parcel, to, way.composing));
    // Whatever becomes of an automatic answer, nobody is told (RFC 3834, 3.3).
    const is_answer = parcel.answers !== undefined;
    const from = is_answer ? '' : envelopeSender(parcel.id, parcel.from.email, way.options.bounces);
    const response = await way.box.post({ envelope: { from, to: [to] }, whole, gate });
    return YES.test(response) ? { outcome: 'accepted', response } : classify({ response }, true);
  } catch (error) {
    return failed(error, stage);
  }
}

/** Three digits, as RFC 5321, 4.2 has it; the library takes any answer that begins with a 2. */
const YES = /^2\d\d(?!\d)/;

/** How far a message has come. */
type Stage = 'before' | 'at the gate' | 'handed over';

function failed(error: unknown, stage: Stage): Delivery {
  if (stage === 'at the gate') return { outcome: 'deferred', response: wordsOf(error) };
  const trouble = stage === 'before' ? tlsTrouble(error) : undefined;
  if (trouble !== undefined) return { outcome: 'deferred', response: trouble, by: 'us' };
  return classify(error, stage === 'handed over');
}

/** Refused before any server was asked. */
function unfit(response: string): Delivery {
  return { outcome: 'refused', response, fault: 'content' };
}

/** RFC 6531, 3.2 and, for the code, 4.2. */
const NO_SMTPUTF8 =
  '5.6.7 the mail server takes no address with letters beyond ASCII before the @ (it does not offer SMTPUTF8)';

async function takesUtf8(way: Way): Promise<boolean> {
  way.takesUtf8 ||= await offersSmtpUtf8(way.box.options);
  return way.takesUtf8;
}
