export { openSqliteStores, type SqliteStoreOptions, type SqliteStores } from './open-stores.ts';
