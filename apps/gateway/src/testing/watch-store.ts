import { type RequestStore } from '@batch-gpt/domain';

/** Counts what comes into a store of requests from now on. */
export function watchStore(requests: RequestStore): { readonly stored: () => number } {
  const insert = requests.insert.bind(requests);
  const acceptAnew = requests.acceptAnew.bind(requests);
  let stored = 0;
  requests.insert = async (rows) => {
    const inserted = await insert(rows);
    stored += inserted.size;
    return inserted;
  };
  requests.acceptAnew = async (rows) => {
    const moved = await acceptAnew(rows);
    stored += moved.size;
    return moved;
  };
  return { stored: () => stored };
}
