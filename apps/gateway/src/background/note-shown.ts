import { type NoteResponse } from '../relay/note-response.ts';
import { type BackgroundResponses, type ShownResponse } from './background-responses.ts';

/** The same responses, each noted as its tenant's before it is shown with an answer: its items may be referred to then. */
export function noteShown(responses: BackgroundResponses, noteResponse: NoteResponse): BackgroundResponses {
  const noted = async (showing: Promise<ShownResponse>): Promise<ShownResponse> => {
    const shown = await showing;
    if (shown.record !== null && shown.outcome !== null) await noteResponse(shown.record, shown.outcome);
    return shown;
  };
  return {
    ...responses,
    begin: (call) => noted(responses.begin(call)),
    show: (tenant, id) => noted(responses.show(tenant, id)),
    cancel: (tenant, id) => noted(responses.cancel(tenant, id)),
  };
}
