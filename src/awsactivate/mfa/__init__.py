"""MFA codes: where they come from, how they are made, which AWS has seen."""
