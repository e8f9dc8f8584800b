import QueueModel

extension SQL {
    /// The statements that propagate the end of a job to its dependents, children and parent.
    static let dependentsTexts: [SQL: SQLText] = [
        .dependentsOf: "SELECT job FROM dependency WHERE on_job = ?1 ORDER BY job",
        // Only of a job that has not ended: then a dependent that waits at all waits for it.
        .openDependentsOf: """
        SELECT job FROM dependency CROSS JOIN job ON job.id = dependency.job
        WHERE on_job = ?1 AND open_dependencies > 0 ORDER BY dependency.job
        """,
        .waitingFor: """
        SELECT on_job, id, type, grp, priority, io_size, state, flags, run_after, open_dependencies
        FROM dependency CROSS JOIN job ON job.id = dependency.job
        WHERE on_job BETWEEN ?1 AND ?2 AND open_dependencies > 0 ORDER BY on_job, dependency.job
        """,
        .unblock: "UPDATE job SET state = ?2, open_dependencies = 0 WHERE id = ?1",
        .setOpenDependencies: "UPDATE job SET open_dependencies = ?2 WHERE id = ?1",
        .childrenOf: """
        SELECT child.job FROM child CROSS JOIN job ON job.id = child.job WHERE child.parent = ?1 AND job.live = 1
        ORDER BY child.job
        """,
        .childEnded: "UPDATE job_extra SET open_children = open_children - 1 WHERE job = ?1",
    ]
}
