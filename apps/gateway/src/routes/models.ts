import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { type KnownModels, type ModelLists } from '../relay/model-lists.ts';
import { type Ownership } from '../relay/ownership.ts';
import { type ListItem } from '../relay/read-list.ts';
import { writeJson } from '../respond/write-json.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';

export interface ModelRoutesDeps {
  readonly modelLists: ModelLists;
  readonly ownership: Ownership;
  readonly tenantOf: TenantOf;
}

type Handler = (req: Request, res: Response) => Promise<void>;

/** The models of the caller's account that its key may use. */
export function createModelRoutes(deps: ModelRoutesDeps): { readonly list: Handler; readonly retrieve: Handler } {
  const { tenantOf } = deps;
  return {
    list: async (req, res) => {
      const { models, age } = await visibleModels(deps, tenantOf(req));
      show(res, { object: 'list', data: models }, age);
    },
    retrieve: async (req, res) => {
      const { models, age } = await visibleModels(deps, tenantOf(req));
      const model = models.find(({ id }) => id === req.params['id']);
      if (model === undefined) throw noSuchModel(String(req.params['id']));
      show(res, model, age);
    },
  };
}

async function visibleModels({ modelLists, ownership }: ModelRoutesDeps, caller: Caller): Promise<KnownModels> {
  const account = ownership.accountOf(caller);
  const { models, age } = await modelLists.modelsOf(account);
  const usable = models.filter(({ id }) => caller.settings.mayUseModel(id));
  return { models: ownership.isShared(account) ? await withoutForeign(ownership, caller, usable) : usable, age };
}

/** The name of a fine-tuned model tells of whoever made it. */
async function withoutForeign(
  ownership: Ownership,
  caller: Caller,
  models: readonly ListItem[],
): Promise<readonly ListItem[]> {
  const tuned = models.map(({ id }) => id).filter((id) => id.startsWith('ft:'));
  const owned = await ownership.ownedAmong(caller, tuned);
  return models.filter(({ id }) => !id.startsWith('ft:') || owned.has(id));
}

function show(res: Response, body: object, age: number): void {
  writeJson(res, 200, JSON.stringify(body), { age: String(Math.floor(age / 1000)) });
}

const noSuchModel = (id: string) =>
  new AppError('model_not_found', `The model '${id.slice(0, 100)}' does not exist or you do not have access to it.`, {
    param: 'model',
  });
