import { realpath } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { makeCluster } from "./cluster.ts";
import { type ClusterPlaces, clusterVersion, folderError, makeDataFolder, ownerPassword } from "./data-folder.ts";
import { serverBinaries } from "./embedded-binaries.ts";
import { joinServer, type Membership } from "./membership.ts";
import { type Launch, launchServer, readPostmaster, stopServer } from "./postmaster.ts";
import { closedFolder, serverUser, unreachableFolder } from "./server-user.ts";
import { removeStaleLock } from "./stale-lock.ts";
import { StoreError } from "./store-error.ts";

const RETRY_MS = 50;
// How long each obstacle may last before it counts as one that stays.
const PATIENCE_MS = {
  // A server that was killed lingers for a moment as a zombie, or with its memory still in use.
  locked: 3_000,
  // A server that stops frees its port a moment before or after its lock file.
  port_taken: 500,
  // Starting or stopping. Recovery after a crash replays at most max_wal_size, 512 MB: seconds on any disk.
  busy: 120_000,
};

/**
 * Joins the server of a cluster, or starts it, after making the cluster where there is none. Processes that do this
 * at once, or while another stops the server, end up with one server.
 *
 * @param port for a server that is started here; one that runs keeps its own
 * @throws StoreError with one clear line
 */
export async function enterServer(
  places: ClusterPlaces,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<{ member: Membership; started: boolean }> {
  const since = new Map<keyof typeof PATIENCE_MS, number>();
  const outlasts = (obstacle: keyof typeof PATIENCE_MS): boolean => {
    const now = performance.now();
    const first = since.get(obstacle) ?? now;
    since.set(obstacle, first);
    return now - first > PATIENCE_MS[obstacle];
  };
  let started = false;
  for (;;) {
    const joined = await join(places);
    if (joined?.outcome === "joined") return { member: joined.member, started };
    if (joined?.outcome === "busy") {
      if (outlasts("busy")) throw failed(places, joined.reason);
      // It answers: what came before was its coming or going.
      since.delete("locked");
      since.delete("port_taken");
    } else {
      const launch = await start(places, port, settings);
      started = launch.outcome === "ready";
      if (launch.outcome === "ready") continue;
      if (launch.outcome === "failed" || outlasts(launch.outcome)) {
        throw launchError(places, port, launch, joined?.reason);
      }
      if (launch.outcome === "locked" && (await removeStaleLock(places))) continue;
    }
    await pause(RETRY_MS);
  }
}

/** Stops a server that nobody uses any more. */
export async function stopEmptyServer(places: ClusterPlaces): Promise<void> {
  const user = await serverUser(places.cluster);
  await stopServer(places, await serverBinaries(places.binaries, user), user);
}

async function join(places: ClusterPlaces) {
  if ((await clusterVersion(places)) === null) return null;
  const postmaster = await readPostmaster(places);
  if (postmaster === null) return null;
  return joinServer(await realpath(places.files), postmaster.port, await ownerPassword(places));
}

async function start(places: ClusterPlaces, port: number, settings: Readonly<Record<string, string>>): Promise<Launch> {
  try {
    const user = await serverUser(places.cluster);
    await makeDataFolder(places.dataDir, user);
    const binaries = await serverBinaries(places.binaries, user);
    const version = await clusterVersion(places);
    if (version === null) await makeCluster(places, binaries, user, settings.fsync !== "off");
    else if (version !== String(binaries.majorVersion)) {
      throw new StoreError(
        "folder_version",
        `Cannot start the embedded database in ${places.dataDir}: the folder was made by Postgres ${version} and this cutwatch brings Postgres ${binaries.majorVersion}; use the cutwatch that made it to write a backup, or set CUTWATCH_DATA_DIR to another folder`,
      );
    }
    const closed = user === null ? null : await closedFolder(places.files, user);
    if (user !== null && closed !== null) throw unreachableFolder(places.dataDir, closed, user);
    return await launchServer(places, binaries, user, port, settings);
  } catch (error) {
    throw error instanceof StoreError ? error : folderError(places.dataDir, error);
  }
}

function launchError(
  places: ClusterPlaces,
  port: number,
  launch: Exclude<Launch, { outcome: "ready" }>,
  joinReason: string | undefined,
): StoreError {
  if (launch.outcome === "port_taken") {
    return new StoreError(
      "port_in_use",
      `Cannot start the embedded database on port ${port}: another program has it; set CUTWATCH_DB_PORT to a free port`,
    );
  }
  const noAnswer = joinReason === undefined ? "" : `, and its server does not answer (${joinReason})`;
  return failed(places, `${launch.reason}${noAnswer}`);
}

function failed(places: ClusterPlaces, reason: string): StoreError {
  return new StoreError(
    "server_failed",
    `Cannot start the embedded database in ${places.dataDir}: ${reason} (log: ${places.logFile})`,
  );
}
