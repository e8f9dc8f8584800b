import QueueModel

extension SQL {
    /// The statements for transactions, names and counters.
    static let transactionsTexts: [SQL: SQLText] = [
        .begin: "BEGIN IMMEDIATE",
        .beginRead: "BEGIN",
        .commit: "COMMIT",
        .rollback: "ROLLBACK",
        .savepoint: "SAVEPOINT millrace",
        .releaseSavepoint: "RELEASE millrace",
        .rollBackToSavepoint: "ROLLBACK TO millrace",
        // Changes nothing, and takes the lock for writing all the same.
        .lock: "UPDATE counter SET value = value WHERE name = ''",
        .schemaVersion: "PRAGMA main.schema_version",
        .temporarySchemaVersion: "PRAGMA temp.schema_version",
        .typeName: "SELECT name FROM job_type WHERE id = ?1",
        .typeID: "SELECT id FROM job_type WHERE name = ?1",
        .insertType: "INSERT INTO job_type(name) VALUES(?1)",
        .groupName: "SELECT name FROM job_group WHERE id = ?1",
        .groupID: "SELECT id FROM job_group WHERE name = ?1",
        .insertGroup: "INSERT INTO job_group(name) VALUES(?1)",
        .lastJob: "SELECT max(id) FROM job",
        .deletedMark: "SELECT value FROM counter WHERE name = 'job'",
        .counter: "SELECT value FROM counter WHERE name = ?1",
        // No counter goes back: the newest jobs may be deleted in any order, and none of their ids may be given again.
        .setCounter: "INSERT INTO counter(name, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = max(value, ?2)",
    ]
}
