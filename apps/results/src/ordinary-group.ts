import { formatGroup, parseGroup, type GroupId } from '@batch-gpt/contracts';

/** Where rows go back to: whatever split their batch in the search for a bad line is over once the batch was judged. */
export function ordinaryGroup(group: GroupId): GroupId {
  return formatGroup({ ...parseGroup(group), split: '' });
}
