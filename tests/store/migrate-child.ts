/** A process of its own that migrates, for migrate.long.test.ts, which kills it. Arguments: url, folder. */
import { migrateDatabase } from '../../src/store/migrate.ts';

const [url = '', folder] = process.argv.slice(2);
await migrateDatabase(url, folder);
