import pg from 'pg';
import { UserError } from '../errors.ts';

/** One connection beside all pools. @throws UserError where PostgreSQL cannot be reached. */
export async function connectTo(url: string, more: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ...more });
  // Of a connection that breaks, the statement under way tells.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const cause =
      error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error);
    throw new UserError(
      'database_unreachable',
      `PostgreSQL cannot be reached: ${cause}. Check DATABASE_URL.`,
    );
  }
}
