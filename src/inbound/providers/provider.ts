/** What a mail provider tells about messages that it took from us, in one form for all of them. */
import type { Instant } from '../../core/events/event.ts';
import type { Report } from '../../core/messages/report.ts';
import type { TouchKind } from '../../core/messages/touch.ts';

/** `stale`: signed by the provider, but too long ago or in the future; perhaps somebody sends it again. */
export type Verdict = 'genuine' | 'forged' | 'stale';

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ProviderRequest {
  /** Names in lower case, as Node gives them. */
  readonly headers: RequestHeaders;
  /** As it came: what was signed are these bytes. */
  readonly body: Uint8Array;
}

export interface Provider {
  readonly name: string;
  /**
   * Whether this request comes from the provider's account of ours. Each secret is good, so that one can be exchanged.
   * A promise where a certificate has to be fetched first; it is rejected where that cannot be done just now.
   * @throws SyntaxError for a body that `parseBody` cannot read
   * @throws UserError where a secret is not one of the provider's
   */
  verify(request: ProviderRequest, secrets: readonly string[], now: Instant): Verdict | Promise<Verdict>;
  /**
   * Never throws: whatever is not understood is `ignored`, as the provider would only send it again.
   * @param received_at the time of events that tell none
   */
  read(body: unknown, received_at: Instant): ProviderEvent[];
}

export type ProviderEvent =
  | { readonly kind: 'report'; readonly report: Report }
  | ProviderTouch
  /** The provider asks, once, whether its news are wanted here: a GET of this address of its own says yes. */
  | { readonly kind: 'confirmation'; readonly url: string }
  | { readonly kind: 'ignored'; readonly why: string };

/** A message opened or clicked, counted by the provider's own pixel and links. */
export interface ProviderTouch {
  readonly kind: 'touch';
  /** Equal for the same touch that comes twice. */
  readonly id: string;
  readonly touch: TouchKind;
  /** Where the link leads; null for the pixel. */
  readonly url: string | null;
  /** Empty where it is not told. */
  readonly ip: string;
  readonly user_agent: string;
  readonly at: Instant;
  readonly message_id: string | null;
  /** Lower case; empty where it is not told. */
  readonly address: string;
  /** The provider itself says that no person did this. */
  readonly by_machine: boolean;
}
