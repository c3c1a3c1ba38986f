import { randomBytes } from 'node:crypto';

/** What goes around a file in a form of two fields, `purpose` and `file`. */
export interface MultipartForm {
  readonly contentType: string;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** The form of an upload for batches (RFC 7578; the file's name is escaped as the WHATWG form encoding does). */
export function multipartForm(filename: string): MultipartForm {
  const boundary = `batch-gpt-${randomBytes(24).toString('hex')}`;
  const lines = [
    `--${boundary}`,
    'content-disposition: form-data; name="purpose"',
    '',
    'batch',
    `--${boundary}`,
    `content-disposition: form-data; name="file"; filename="${escapeName(filename)}"`,
    'content-type: application/jsonl',
    '',
    '',
  ];
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head: Buffer.from(lines.join('\r\n')),
    tail: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}

function escapeName(filename: string): string {
  return filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
