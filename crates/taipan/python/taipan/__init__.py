"""What Taipan says about itself. See taipan.bench for its measurements."""
