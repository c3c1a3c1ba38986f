import { type ServerResponse } from 'node:http';
import { answerBytes, type Permit } from '../accept/admission.ts';

/** Resolves when an answer of this text may be written, or nobody listens. */
export async function roomFor(body: string, permit: Pick<Permit, 'growInTurn'>, res: ServerResponse): Promise<void> {
  const { come, leave } = permit.growInTurn(answerBytes(body));
  res.once('close', leave);
  if (res.closed) leave();
  await come;
  res.off('close', leave);
}
