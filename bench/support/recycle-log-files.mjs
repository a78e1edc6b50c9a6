// A database that was just made zeroes each new file of its log, 16 MB in some 50 ms, while every commit waits: once a second
// and more under load. One that has run for a while uses old files again; so does this one once it has been through here.

/** 16 MB each: together more than makes a checkpoint, after which they are used again. */
const FILES = 75;

export async function recycleLogFiles(pool) {
  for (let file = 0; file < FILES; file++) {
    await pool.query("select pg_logical_emit_message(false, 'ecs-bench', repeat('x', 16000000))");
  }
}
