export { openStores, type HiddenText, type StoreChoice, type Stores, type StoresOptions } from './open-stores.ts';
