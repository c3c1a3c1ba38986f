const INSTALL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Redis: {
    darwin: 'brew install valkey',
    linux: 'sudo apt-get install redis-server    (or your distribution\'s "redis" or "valkey")',
    win32: 'run this in WSL, or: docker run -p 6379:6379 valkey/valkey:8, then set REDIS_URL',
  },
  MongoDB: {
    darwin: 'brew tap mongodb/brew && brew install mongodb-community',
    linux: 'docker run -d -p 127.0.0.1:27017:27017 mongo:8 --replSet rs0, or install mongod; or set MONGODB_URL',
    win32: 'winget install MongoDB.Server',
  },
};

/** The one line to run on this operating system. */
export function remedyFor(what: 'Redis' | 'MongoDB', platform: NodeJS.Platform = process.platform): string {
  const lines = INSTALL[what] ?? {};
  return `To get one: ${lines[platform] ?? lines['linux'] ?? ''}`;
}
