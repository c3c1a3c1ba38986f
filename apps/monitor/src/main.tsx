import { renderToString, Text } from 'ink';

process.stdout.write(`${renderToString(<Text>The monitor is being built.</Text>)}\n`);
