"""The first labels and clearances, and which tables hold what is labelled as one."""

# 1 public, 2 internal, 3 sensitive, 4 important. What a firm burns and makes is its trade secret;
# what a region adds up to is for the bureaus. Whether something is important data in the sense of
# the law is for who is responsible to say, so that nothing begins as important.
DATA_SETS = (
    ("activity", 3),
    ("evidence", 3),
    ("line", 3),
    ("result", 2),
    ("report", 3),
    ("telemetry", 3),
    ("region", 2),
    ("aggregate", 2),
    ("trail", 3),
)
CLEARANCES = (
    ("reporter", 3),
    ("checker", 3),
    ("approver", 3),
    ("manager", 3),
    ("trader", 3),
    ("verifier", 3),
    ("park_officer", 2),
    ("bureau_viewer", 2),
    # Orders recalculations, which read the records of every firm below.
    ("bureau_officer", 3),
    ("public_editor", 1),
    ("wall", 2),
    ("system_administrator", 2),
    ("security_administrator", 2),
    ("audit_administrator", 3),
)
LABELLED = (
    (
        "activity",
        (
            "collected.submission",
            "collected.activity",
            "business.draft",
            "business.heat_power_split",
        ),
    ),
    (
        "evidence",
        ("collected.attachment", "collected.own_value", "collected.own_value_decision"),
    ),
    (
        "result",
        ("business.run", "business.run_pointer", "business.decision", "business.finding"),
    ),
    ("line", ("statistics.emission_line",)),
    ("report", ("business.report", "business.report_file")),
    (
        "telemetry",
        (
            "collected.device",
            "collected.point",
            "collected.message",
            "collected.reading",
            "collected.latest_reading",
            "collected.quarantine",
            "statistics.measured_co2",
        ),
    ),
    (
        "region",
        ("collected.energy_balance", "business.balance_draft", "business.discrepancy_entry"),
    ),
    ("trail", ("business.audit_event",)),
)
