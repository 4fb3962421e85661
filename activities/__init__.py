"""What leaves a workflow. Journal writes are local activities; everything slow or external is a regular one."""
