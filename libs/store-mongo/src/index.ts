export { openMongoStores, type MongoStoreOptions, type MongoTimeouts } from './open-stores.ts';
export { type MongoStores } from './create-stores.ts';
