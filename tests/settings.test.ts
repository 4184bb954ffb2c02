/** What the surroundings may say. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import { readSettings } from '../src/settings.ts';

function refusalOf(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env, '/shop');
    return [];
  } catch (error) {
    return error instanceof UserError ? error.details : [String(error)];
  }
}

describe('whom steps may call', () => {
  test('is nobody inside, with no secrets, where nothing is said', () => {
    expect(readSettings({ CRM_TOKEN: 'x' }, '/shop').webhooks).toEqual({ may_reach: [], secrets: {} });
  });

  test('is what the lists name, and secrets only what they name', () => {
    const env = {
      WEBHOOKS_MAY_REACH: 'CRM.internal, 10.0.0.7:8080,[::1]:80,,',
      WEBHOOK_SECRETS: ' CRM_TOKEN,ERP_KEY ,EMPTY',
      CRM_TOKEN: 'Bearer 7',
      EMPTY: '',
      DATABASE_URL: 'postgres://localhost/etapa',
    };
    expect(readSettings(env, '/shop').webhooks).toEqual({
      may_reach: ['crm.internal', '10.0.0.7:8080', '[::1]:80'],
      secrets: { CRM_TOKEN: 'Bearer 7', ERP_KEY: undefined, EMPTY: undefined },
    });
  });

  test.each([
    [{ WEBHOOKS_MAY_REACH: 'http://crm' }, 'WEBHOOKS_MAY_REACH', 'crm.internal, 10.0.0.7:8080'],
    [{ WEBHOOKS_MAY_REACH: 'crm/path' }, 'WEBHOOKS_MAY_REACH', 'crm.internal, 10.0.0.7:8080'],
    [{ WEBHOOK_SECRETS: '$CRM_TOKEN' }, 'WEBHOOK_SECRETS', 'CRM_TOKEN, ERP_KEY'],
    [{ WEBHOOK_SECRETS: 'CRM_TOKEN ERP_KEY' }, 'WEBHOOK_SECRETS', 'CRM_TOKEN, ERP_KEY'],
  ])('tells of %j', (env, name, example) => {
    expect(refusalOf(env)).toEqual([`${name} must be a list with commas in between, like "${example}"`]);
  });
});

describe('the proxies whose word is taken', () => {
  test('are none where nothing is said, else those that are named', () => {
    const of = (TRUST_PROXY: string) => readSettings({ TRUST_PROXY }, '/shop').trust_proxy;
    expect(of('')).toBeUndefined();
    expect(of('10.0.0.7, 172.16.0.0/12,::1')).toEqual(['10.0.0.7', '172.16.0.0/12', '::1']);
  });

  test.each(['true', '1', '0.0.0.0/0', '::/0', '10.0.0.0/33', '10.0.0', 'proxy.internal', '10.0.0.7;::1'])(
    'are never everybody: %s',
    (TRUST_PROXY) => {
      expect(refusalOf({ TRUST_PROXY })).toEqual([
        'TRUST_PROXY must be the addresses or nets of the proxies before Etapa, like "10.0.0.7, 172.16.0.0/12"',
      ]);
    },
  );
});
