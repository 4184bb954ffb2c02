/** Mails as servers and people write them, with the parts that a test changes. */
import type { InboundMail } from '../../src/inbound/inbound-mail.ts';
import { readMail } from '../../src/inbound/read-mail.ts';

export const RECEIVED_AT = Date.parse('2026-03-12T10:00:00Z');
export const MESSAGE_ID = '0195a3c0-0000-7000-8000-000000000001';
/** Signed by us: the only address that proves anything here. */
export const SIGNED = 'b-AbC123xYz@bounces.casaoliva.example';

export function read(mail: string, envelope_to: string[] = []): Promise<InboundMail> {
  return readMail(Buffer.from(mail), {
    message_of: (address) => (address === SIGNED ? MESSAGE_ID : undefined),
    received_at: RECEIVED_AT,
    envelope_to,
  });
}

export async function reportsIn(mail: string, envelope_to?: string[]) {
  const result = await read(mail, envelope_to);
  if (result.kind !== 'reports') throw new Error(`not reports but ${JSON.stringify(result)}`);
  return result.reports;
}

export interface Dsn {
  to?: string;
  address?: string;
  action?: string;
  status?: string;
  said?: string;
  words?: string;
  return_path?: string;
}

/** A report with machine-readable fields (RFC 3464). */
export function dsn(options: Dsn = {}): string {
  const { to = SIGNED, address = 'ana@example.com', action = 'failed', status = '5.1.1' } = options;
  const { said = `smtp; 550 5.1.1 <${address}>: User unknown`, words = 'Delivery failed.' } = options;
  return `Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: ${to}
Date: Thu, 12 Mar 2026 09:58:00 +0000
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-1@mx.example.com>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8

${words}

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Thu, 12 Mar 2026 09:57:00 +0000

Final-Recipient: rfc822; ${address}
Action: ${action}
Status: ${status}
Diagnostic-Code: ${said}

--=_b
Content-Type: text/rfc822-headers

Return-Path: <${options.return_path ?? 'hola@casaoliva.example'}>
From: Casa Oliva <hola@casaoliva.example>
To: ${address}
Message-ID: <${MESSAGE_ID}@casaoliva.example>
Subject: Tu cesta te espera

--=_b--
`;
}

/** A bounce in words alone. */
export function words(text: string, headers = ''): string {
  return `Return-Path: <>
From: MAILER-DAEMON@mx.example.com
To: ${SIGNED}
Subject: failure notice
${headers}
${text}
`;
}

export function complaint(fields: string, to = SIGNED): string {
  return `From: feedback@fbl.example.com
To: ${to}
Date: Thu, 12 Mar 2026 09:58:00 +0000
Message-ID: <complaint-1@fbl.example.com>
Subject: Abuse report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_c"

--=_c
Content-Type: text/plain

This is an abuse report.

--=_c
Content-Type: message/feedback-report

${fields}

--=_c
Content-Type: text/rfc822-headers

From: Casa Oliva <hola@casaoliva.example>
To: Ana <ana@example.com>
Subject: Tu cesta te espera

--=_c--
`;
}

export function letter(headers: string, text = 'Hola'): string {
  return `From: Ana Ruiz <Ana@Example.com>
To: tienda@casaoliva.example
Date: Thu, 12 Mar 2026 09:58:00 +0000
Message-ID: <answer-1@example.com>
${headers}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

${text}
`;
}
