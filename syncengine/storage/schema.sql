CREATE TABLE "agreed_items" (
	sink VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	address VARCHAR, 
	digest VARCHAR NOT NULL, 
	properties VARCHAR NOT NULL, 
	removed BOOLEAN NOT NULL, 
	agreed_at BIGINT NOT NULL, 
	trashed BOOLEAN DEFAULT 0 NOT NULL, 
	reads_as VARCHAR, 
	edits VARCHAR, 
	CONSTRAINT pk_agreed_items PRIMARY KEY (sink, entity, "key")
);
CREATE TABLE agreements (
	sink VARCHAR NOT NULL, 
	library VARCHAR NOT NULL, 
	rules VARCHAR NOT NULL, 
	unchanged VARCHAR NOT NULL, 
	agreed_at BIGINT NOT NULL, 
	CONSTRAINT pk_agreements PRIMARY KEY (sink)
);
CREATE TABLE albums (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_albums PRIMARY KEY (id), 
	CONSTRAINT uq_albums_key UNIQUE ("key")
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE answers (
	track VARCHAR NOT NULL, 
	claim VARCHAR NOT NULL, 
	popularity INTEGER, 
	answered_at BIGINT NOT NULL, 
	CONSTRAINT pk_answers PRIMARY KEY (track)
);
CREATE TABLE artist_credit_members (
	artist_credit_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	artist_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_artist_credit_members PRIMARY KEY (artist_credit_id, position), 
	CONSTRAINT fk_artist_credit_members_artist_credit_id_artist_credits FOREIGN KEY(artist_credit_id) REFERENCES artist_credits (id), 
	CONSTRAINT fk_artist_credit_members_artist_id_artists FOREIGN KEY(artist_id) REFERENCES artists (id)
);
CREATE TABLE artist_credits (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	CONSTRAINT pk_artist_credits PRIMARY KEY (id), 
	CONSTRAINT uq_artist_credits_digest UNIQUE (digest)
);
CREATE TABLE artists (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_artists PRIMARY KEY (id), 
	CONSTRAINT uq_artists_key UNIQUE ("key")
);
CREATE TABLE attestations (
	track_id INTEGER NOT NULL, 
	rank SMALLINT NOT NULL, 
	at BIGINT NOT NULL, 
	claim_id INTEGER NOT NULL, 
	CONSTRAINT pk_attestations PRIMARY KEY (track_id, rank, at), 
	CONSTRAINT fk_attestations_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id), 
	CONSTRAINT fk_attestations_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id)
)
 WITHOUT ROWID

;
CREATE TABLE "audio_features" (
	id INTEGER NOT NULL, 
	danceability DOUBLE, 
	energy DOUBLE, 
	"key" INTEGER, 
	loudness DOUBLE, 
	mode INTEGER, 
	speechiness DOUBLE, 
	acousticness DOUBLE, 
	instrumentalness DOUBLE, 
	liveness DOUBLE, 
	valence DOUBLE, 
	tempo DOUBLE, 
	time_signature INTEGER, 
	CONSTRAINT pk_audio_features PRIMARY KEY (id)
);
CREATE TABLE audio_files (
	id INTEGER NOT NULL, 
	path VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	modified_ns BIGINT NOT NULL, 
	device VARCHAR NOT NULL, 
	inode VARCHAR NOT NULL, 
	digest VARCHAR, 
	tags VARCHAR NOT NULL, 
	problem VARCHAR, 
	first_seen_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	gone_at BIGINT, 
	CONSTRAINT pk_audio_files PRIMARY KEY (id)
);
CREATE TABLE calls (
	id INTEGER NOT NULL, 
	system VARCHAR NOT NULL, 
	endpoint VARCHAR NOT NULL, 
	made_at BIGINT NOT NULL, 
	run_id INTEGER, 
	CONSTRAINT pk_calls PRIMARY KEY (id), 
	CONSTRAINT fk_calls_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE claims (
	id INTEGER NOT NULL, 
	fingerprint BLOB NOT NULL, 
	track_id INTEGER NOT NULL, 
	dialect_id INTEGER NOT NULL, 
	recording_id INTEGER, 
	release_id INTEGER, 
	genre_set_id INTEGER, 
	audio_features_id INTEGER, 
	isrc VARCHAR, 
	CONSTRAINT pk_claims PRIMARY KEY (id), 
	CONSTRAINT fk_claims_audio_features_id_audio_features FOREIGN KEY(audio_features_id) REFERENCES audio_features (id), 
	CONSTRAINT fk_claims_dialect_id_dialects FOREIGN KEY(dialect_id) REFERENCES dialects (id), 
	CONSTRAINT fk_claims_genre_set_id_genre_sets FOREIGN KEY(genre_set_id) REFERENCES genre_sets (id), 
	CONSTRAINT fk_claims_recording_id_recordings FOREIGN KEY(recording_id) REFERENCES recordings (id), 
	CONSTRAINT fk_claims_release_id_releases FOREIGN KEY(release_id) REFERENCES releases (id), 
	CONSTRAINT fk_claims_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id), 
	CONSTRAINT uq_claims_fingerprint UNIQUE (fingerprint)
);
CREATE TABLE contents (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	base_id INTEGER, 
	depth SMALLINT NOT NULL, 
	lines INTEGER NOT NULL, 
	packed BLOB NOT NULL, 
	CONSTRAINT pk_contents PRIMARY KEY (id), 
	CONSTRAINT fk_contents_base_id_contents FOREIGN KEY(base_id) REFERENCES contents (id), 
	CONSTRAINT uq_contents_digest UNIQUE (digest)
);
CREATE TABLE contributors (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	CONSTRAINT pk_contributors PRIMARY KEY (id), 
	CONSTRAINT uq_contributors_name UNIQUE (name)
);
CREATE TABLE dialects (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	generation VARCHAR NOT NULL, 
	rank SMALLINT NOT NULL, 
	damages VARCHAR NOT NULL, 
	CONSTRAINT pk_dialects PRIMARY KEY (id)
);
CREATE TABLE enriched_tracks (
	enrichment_id INTEGER NOT NULL, 
	edited BOOLEAN NOT NULL, 
	track_id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	isrc VARCHAR(12), 
	claim_id INTEGER, 
	popularity SMALLINT, 
	CONSTRAINT pk_enriched_tracks PRIMARY KEY (enrichment_id, edited, track_id), 
	CONSTRAINT fk_enriched_tracks_enrichment_id_enrichments FOREIGN KEY(enrichment_id) REFERENCES enrichments (id), 
	CONSTRAINT fk_enriched_tracks_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id), 
	CONSTRAINT fk_enriched_tracks_claim_id_claims FOREIGN KEY(claim_id) REFERENCES claims (id), 
	CONSTRAINT ck_enriched_tracks_popularity CHECK (popularity BETWEEN 0 AND 100), 
	CONSTRAINT ck_enriched_tracks_isrc CHECK (length(isrc) = 12 AND isrc = upper(isrc) AND isrc NOT LIKE '%-%' AND substr(isrc, 1, 1) BETWEEN 'A' AND 'Z' AND substr(isrc, 2, 1) BETWEEN 'A' AND 'Z' AND substr(isrc, 6, 1) BETWEEN '0' AND '9' AND substr(isrc, 7, 1) BETWEEN '0' AND '9' AND substr(isrc, 8, 1) BETWEEN '0' AND '9' AND substr(isrc, 9, 1) BETWEEN '0' AND '9' AND substr(isrc, 10, 1) BETWEEN '0' AND '9' AND substr(isrc, 11, 1) BETWEEN '0' AND '9' AND substr(isrc, 12, 1) BETWEEN '0' AND '9'), 
	CONSTRAINT ck_enriched_tracks_claim CHECK ((isrc IS NULL) = (claim_id IS NULL)), 
	CONSTRAINT ck_enriched_tracks_said CHECK (isrc IS NOT NULL OR popularity IS NOT NULL)
)
 WITHOUT ROWID

;
CREATE TABLE enrichment_files (
	written_at BIGINT NOT NULL, 
	path VARCHAR NOT NULL, 
	digest BLOB NOT NULL, 
	told BLOB NOT NULL, 
	CONSTRAINT pk_enrichment_files PRIMARY KEY (written_at)
);
CREATE TABLE enrichments (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	digest BLOB NOT NULL, 
	taken_at BIGINT NOT NULL, 
	applied_at BIGINT NOT NULL, 
	undone_at BIGINT, 
	CONSTRAINT pk_enrichments PRIMARY KEY (id), 
	CONSTRAINT fk_enrichments_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE entries (
	id INTEGER NOT NULL, 
	playlist_id INTEGER NOT NULL, 
	track_id INTEGER NOT NULL, 
	added_at BIGINT, 
	contributor_id INTEGER, 
	rank INTEGER NOT NULL, 
	valid_from BIGINT NOT NULL, 
	valid_to BIGINT, 
	CONSTRAINT pk_entries PRIMARY KEY (id), 
	CONSTRAINT fk_entries_contributor_id_contributors FOREIGN KEY(contributor_id) REFERENCES contributors (id), 
	CONSTRAINT fk_entries_playlist_id_playlists FOREIGN KEY(playlist_id) REFERENCES playlists (id), 
	CONSTRAINT fk_entries_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id)
);
CREATE TABLE exported_files (
	digest BLOB NOT NULL, 
	moment BIGINT NOT NULL, 
	entries INTEGER NOT NULL, 
	written_at BIGINT NOT NULL, 
	CONSTRAINT pk_exported_files PRIMARY KEY (digest, moment)
);
CREATE TABLE fetched_pages (
	system VARCHAR NOT NULL, 
	list VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	answer BLOB NOT NULL, 
	fetched_at BIGINT NOT NULL, 
	CONSTRAINT pk_fetched_pages PRIMARY KEY (system, list, version, position)
);
CREATE TABLE file_matches (
	file_id INTEGER NOT NULL, 
	tier VARCHAR NOT NULL, 
	track VARCHAR, 
	based_on VARCHAR, 
	score FLOAT NOT NULL, 
	reason VARCHAR NOT NULL, 
	twins VARCHAR, 
	tags_digest VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	matched_at BIGINT NOT NULL, 
	CONSTRAINT pk_file_matches PRIMARY KEY (file_id), 
	CONSTRAINT fk_file_matches_file_id_audio_files FOREIGN KEY(file_id) REFERENCES audio_files (id)
);
CREATE TABLE genre_sets (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	genres VARCHAR NOT NULL, 
	CONSTRAINT pk_genre_sets PRIMARY KEY (id), 
	CONSTRAINT uq_genre_sets_digest UNIQUE (digest)
);
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	sink VARCHAR NOT NULL, 
	run_id INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	address VARCHAR, 
	intended_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	outcome VARCHAR, 
	detail VARCHAR, undo VARCHAR, 
	CONSTRAINT pk_journal PRIMARY KEY (id), 
	CONSTRAINT fk_journal_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE judgements (
	id INTEGER NOT NULL, 
	subject VARCHAR NOT NULL, 
	verdict VARCHAR NOT NULL, 
	"left" VARCHAR NOT NULL, 
	"right" VARCHAR NOT NULL, 
	made_at BIGINT NOT NULL, 
	taken_back_at BIGINT, 
	CONSTRAINT pk_judgements PRIMARY KEY (id)
);
CREATE TABLE lookup_tallies (
	day BIGINT NOT NULL, 
	outcome VARCHAR NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_lookup_tallies PRIMARY KEY (day, outcome)
);
CREATE TABLE name_keys (
	name_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	CONSTRAINT pk_name_keys PRIMARY KEY (name_id, "key"), 
	CONSTRAINT fk_name_keys_name_id_playlist_names FOREIGN KEY(name_id) REFERENCES playlist_names (id)
);
CREATE TABLE observations (
	id INTEGER NOT NULL, 
	snapshot_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	name_id INTEGER NOT NULL, 
	dialect_id INTEGER, 
	taken_at BIGINT NOT NULL, 
	source SMALLINT NOT NULL, 
	kind SMALLINT NOT NULL, 
	inferred BOOLEAN NOT NULL, 
	accepted BOOLEAN NOT NULL, 
	digest BLOB NOT NULL, 
	content_id INTEGER, 
	effect SMALLINT NOT NULL, 
	state_id INTEGER, 
	CONSTRAINT pk_observations PRIMARY KEY (id), 
	CONSTRAINT fk_observations_content_id_contents FOREIGN KEY(content_id) REFERENCES contents (id), 
	CONSTRAINT fk_observations_dialect_id_dialects FOREIGN KEY(dialect_id) REFERENCES dialects (id), 
	CONSTRAINT fk_observations_key_id_playlist_keys FOREIGN KEY(key_id) REFERENCES playlist_keys (id), 
	CONSTRAINT fk_observations_name_id_playlist_names FOREIGN KEY(name_id) REFERENCES playlist_names (id), 
	CONSTRAINT fk_observations_snapshot_id_snapshots FOREIGN KEY(snapshot_id) REFERENCES snapshots (id), 
	CONSTRAINT fk_observations_state_id_contents FOREIGN KEY(state_id) REFERENCES contents (id), 
	CONSTRAINT uq_observations_key_id_taken_at_source_digest UNIQUE (key_id, taken_at, source, digest)
);
CREATE TABLE playlist_keys (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	playlist_id INTEGER NOT NULL, 
	joined_because VARCHAR, 
	CONSTRAINT pk_playlist_keys PRIMARY KEY (id), 
	CONSTRAINT fk_playlist_keys_playlist_id_playlists FOREIGN KEY(playlist_id) REFERENCES playlists (id), 
	CONSTRAINT uq_playlist_keys_key UNIQUE ("key")
);
CREATE TABLE playlist_names (
	id INTEGER NOT NULL, 
	stem VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	inferred BOOLEAN NOT NULL, 
	CONSTRAINT pk_playlist_names PRIMARY KEY (id), 
	CONSTRAINT uq_playlist_names_stem UNIQUE (stem)
);
CREATE TABLE playlist_spans (
	id INTEGER NOT NULL, 
	playlist_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	name_id INTEGER NOT NULL, 
	valid_from BIGINT NOT NULL, 
	valid_to BIGINT, 
	CONSTRAINT pk_playlist_spans PRIMARY KEY (id), 
	CONSTRAINT fk_playlist_spans_key_id_playlist_keys FOREIGN KEY(key_id) REFERENCES playlist_keys (id), 
	CONSTRAINT fk_playlist_spans_name_id_playlist_names FOREIGN KEY(name_id) REFERENCES playlist_names (id), 
	CONSTRAINT fk_playlist_spans_playlist_id_playlists FOREIGN KEY(playlist_id) REFERENCES playlists (id)
);
CREATE TABLE playlists (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	name_inferred BOOLEAN NOT NULL, 
	observed_at BIGINT, 
	ended_at BIGINT, 
	CONSTRAINT pk_playlists PRIMARY KEY (id)
);
CREATE TABLE popularity (
	track_id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	value SMALLINT NOT NULL, 
	CONSTRAINT pk_popularity PRIMARY KEY (track_id, at), 
	CONSTRAINT ck_popularity_value CHECK (value BETWEEN 0 AND 100), 
	CONSTRAINT fk_popularity_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id)
)
 WITHOUT ROWID

;
CREATE TABLE quarantined_files (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	path VARCHAR NOT NULL, 
	digest BLOB, 
	line INTEGER, 
	reason VARCHAR NOT NULL, 
	found_at BIGINT NOT NULL, 
	resolved_at BIGINT, 
	CONSTRAINT pk_quarantined_files PRIMARY KEY (id), 
	CONSTRAINT fk_quarantined_files_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE "raw_files" (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	size INTEGER NOT NULL, 
	stored_at BIGINT NOT NULL, 
	fetched BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_raw_files PRIMARY KEY (id), 
	CONSTRAINT uq_raw_files_digest UNIQUE (digest)
);
CREATE TABLE "recordings" (
	id INTEGER NOT NULL, 
	title VARCHAR, 
	artist_credit_id INTEGER, 
	duration_ms INTEGER, 
	explicit BOOLEAN, 
	disc_number INTEGER, 
	track_number INTEGER, 
	preview_url VARCHAR, 
	CONSTRAINT pk_recordings PRIMARY KEY (id), 
	CONSTRAINT ck_recordings_duration CHECK (duration_ms >= 0), 
	CONSTRAINT fk_recordings_artist_credit_id_artist_credits FOREIGN KEY(artist_credit_id) REFERENCES artist_credits (id)
);
CREATE TABLE releases (
	id INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	album_id INTEGER, 
	album VARCHAR, 
	album_uri VARCHAR, 
	artist_credit_id INTEGER, 
	release_date VARCHAR, 
	label VARCHAR, 
	image_url VARCHAR, 
	genres VARCHAR, 
	copyrights VARCHAR, 
	CONSTRAINT pk_releases PRIMARY KEY (id), 
	CONSTRAINT fk_releases_album_id_albums FOREIGN KEY(album_id) REFERENCES albums (id), 
	CONSTRAINT fk_releases_artist_credit_id_artist_credits FOREIGN KEY(artist_credit_id) REFERENCES artist_credits (id), 
	CONSTRAINT uq_releases_digest UNIQUE (digest)
);
CREATE TABLE remote_notes (
	system VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	noted_at BIGINT NOT NULL, 
	CONSTRAINT pk_remote_notes PRIMARY KEY (system, kind, subject)
);
CREATE TABLE roster_keys (
	roster_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	CONSTRAINT pk_roster_keys PRIMARY KEY (roster_id, key_id), 
	CONSTRAINT fk_roster_keys_key_id_playlist_keys FOREIGN KEY(key_id) REFERENCES playlist_keys (id), 
	CONSTRAINT fk_roster_keys_roster_id_rosters FOREIGN KEY(roster_id) REFERENCES rosters (id)
);
CREATE TABLE rosters (
	id INTEGER NOT NULL, 
	snapshot_id INTEGER NOT NULL, 
	taken_at BIGINT NOT NULL, 
	source SMALLINT NOT NULL, 
	CONSTRAINT pk_rosters PRIMARY KEY (id), 
	CONSTRAINT fk_rosters_snapshot_id_snapshots FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
);
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	command VARCHAR NOT NULL, 
	started_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	exit_code INTEGER, 
	summary VARCHAR, 
	CONSTRAINT pk_runs PRIMARY KEY (id)
);
CREATE TABLE snapshots (
	id INTEGER NOT NULL, 
	run_id INTEGER, 
	source SMALLINT NOT NULL, 
	taken_at BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	listed BOOLEAN NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (id), 
	CONSTRAINT fk_snapshots_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE sync_log (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	step VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	outcome VARCHAR NOT NULL, 
	detail VARCHAR, 
	CONSTRAINT pk_sync_log PRIMARY KEY (id), 
	CONSTRAINT fk_sync_log_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE track_aliases (
	track_id INTEGER NOT NULL, 
	alias_of INTEGER NOT NULL, 
	CONSTRAINT pk_track_aliases PRIMARY KEY (track_id), 
	CONSTRAINT fk_track_aliases_track_id_tracks FOREIGN KEY(track_id) REFERENCES tracks (id), 
	CONSTRAINT fk_track_aliases_alias_of_tracks FOREIGN KEY(alias_of) REFERENCES tracks (id)
);
CREATE TABLE "tracks" (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	recording_id INTEGER, 
	release_id INTEGER, 
	genre_set_id INTEGER, 
	audio_features_id INTEGER, 
	isrc VARCHAR, 
	popularity INTEGER, 
	CONSTRAINT pk_tracks PRIMARY KEY (id), 
	CONSTRAINT uq_tracks_key UNIQUE ("key"), 
	CONSTRAINT fk_tracks_audio_features_id_audio_features FOREIGN KEY(audio_features_id) REFERENCES audio_features (id), 
	CONSTRAINT fk_tracks_release_id_releases FOREIGN KEY(release_id) REFERENCES releases (id), 
	CONSTRAINT ck_tracks_popularity CHECK (popularity BETWEEN 0 AND 100), 
	CONSTRAINT fk_tracks_genre_set_id_genre_sets FOREIGN KEY(genre_set_id) REFERENCES genre_sets (id), 
	CONSTRAINT fk_tracks_recording_id_recordings FOREIGN KEY(recording_id) REFERENCES recordings (id)
);
CREATE INDEX ix_agreed_items_address ON agreed_items (sink, address);
CREATE INDEX ix_calls_system_made_at ON calls (system, made_at);
CREATE INDEX ix_enriched_tracks_track_id ON enriched_tracks (track_id);
CREATE INDEX ix_enrichments_run_id ON enrichments (run_id);
CREATE INDEX ix_entries_playlist_id_valid_to ON entries (playlist_id, valid_to);
CREATE INDEX ix_entries_track_id ON entries (track_id);
CREATE INDEX ix_file_matches_track ON file_matches (track);
CREATE INDEX ix_journal_run_id ON journal (run_id);
CREATE INDEX ix_journal_sink_ended_at ON journal (sink, ended_at);
CREATE INDEX ix_observations_digest ON observations (digest);
CREATE INDEX ix_observations_snapshot_id ON observations (snapshot_id);
CREATE INDEX ix_observations_taken_at ON observations (taken_at);
CREATE INDEX ix_playlist_keys_playlist_id ON playlist_keys (playlist_id);
CREATE INDEX ix_playlist_spans_playlist_id ON playlist_spans (playlist_id);
CREATE INDEX ix_playlist_spans_valid_from ON playlist_spans (valid_from);
CREATE INDEX ix_playlists_key ON playlists ("key");
CREATE INDEX ix_quarantined_files_path ON quarantined_files (path);
CREATE INDEX ix_rosters_snapshot_id ON rosters (snapshot_id);
CREATE INDEX ix_snapshots_taken_at ON snapshots (taken_at);
CREATE INDEX ix_sync_log_run_id ON sync_log (run_id);
CREATE INDEX ix_track_aliases_alias_of ON track_aliases (alias_of);
CREATE INDEX ix_tracks_isrc ON tracks (isrc);
CREATE INDEX ix_tracks_popularity ON tracks (popularity);
CREATE UNIQUE INDEX uq_audio_files_path ON audio_files (path) WHERE gone_at IS NULL;
INSERT INTO alembic_version (version_num) VALUES ('0009');
