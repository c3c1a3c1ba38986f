import { createHash } from 'node:crypto';
import { type Request, type Response } from 'express';
import { writeJson } from '../respond/write-json.ts';
import { createDocument } from './document.ts';

/** `GET /openapi.json`: the same text as long as this process runs, named by its digest. */
export function createDocumentRoute() {
  const text = JSON.stringify(createDocument());
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  const headers = { etag, 'cache-control': 'public, max-age=300' } as const;
  return (req: Request, res: Response): void => {
    if (names(req.headers['if-none-match'], etag)) res.writeHead(304, headers).end();
    else writeJson(res, 200, text, headers);
  };
}

/** Whether one of these tags names it, or all do (RFC 9110, section 13.1.2: weak ones count as well). */
function names(given = '', etag: string): boolean {
  const tags = given.slice(0, 4096).split(',');
  return tags.some((tag) => ['*', etag, `W/${etag}`].includes(tag.trim()));
}
