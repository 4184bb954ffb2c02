import type { Parcel } from '../../src/engine/ports.ts';

/** A promotion to Ana, but for what is said otherwise. */
export function aParcel(parts: Partial<Parcel> = {}): Parcel {
  return {
    id: '01931b2e-7a00-7000-8000-000000000001',
    to: 'ana@example.com',
    from: { name: 'Test shop', email: 'shop@shop.example' },
    reply_to: 'help@shop.example',
    subject: 'Hello Ana',
    html: '<!doctype html><p>Hello Ana</p>',
    text: 'Hello Ana',
    date: Date.UTC(2026, 0, 31, 9),
    language: 'en',
    headers: { 'X-Etapa-Workflow': 'cart' },
    unsubscribe_url: 'https://shop.example/u/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE',
    ...parts,
  };
}
