import { writeFileSync } from 'node:fs';
import { apiPage } from './api-page.ts';
import { createDocument } from './document.ts';

writeFileSync(new URL('../../../../docs/api.md', import.meta.url), apiPage(createDocument()));
