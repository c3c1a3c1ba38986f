// Downloads MongoDB's own server into the folder given as the only argument and prints where it is; ends with an error
// where the download does not work. A process of its own, so that whoever waits can end it.
import { MongoBinary } from 'mongodb-memory-server-core';

const [, , downloadDir] = process.argv;
process.stdout.write(`${await MongoBinary.getPath({ downloadDir })}\n`);
